"""Shapes of what comes in: strict, nothing extra, text cleaned before it is measured."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, Strict, WithJsonSchema

from chalicelib.kit import clock, text


class Body(BaseModel):
    """A request's body: an unknown field is an error, so nobody assigns what is ours."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """A request's query: what is not known is ignored, as links carry other people's additions."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Out(BaseModel):
    """An answer's part."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


def _clean_with(clean: object) -> BeforeValidator:
    return BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value)  # type: ignore[operator]


Line = Annotated[str, _clean_with(text.clean_line)]
Paragraph = Annotated[str, _clean_with(text.clean_paragraph)]
TagText = Annotated[str, _clean_with(text.normalise_tag)]
Moment = Annotated[
    datetime,
    PlainSerializer(clock.iso, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
# In a query, where pydantic would also take `yes`, `on` and `1`.
Flag = Annotated[
    bool,
    BeforeValidator(lambda text: {"true": True, "false": False}.get(text, text)),
    Strict(),
]
