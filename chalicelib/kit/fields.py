"""Shapes of what comes in: strict, nothing extra, text cleaned before it is measured."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, Strict, WithJsonSchema
from pydantic_core import PydanticKnownError

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


def _clean_with(clean: Callable[[str], str], *, raw_length_max: int) -> BeforeValidator:
    # Measured before too: normalising a long run of combining marks takes quadratic time.
    def cleaned(value: object) -> object:
        if not isinstance(value, str):
            return value
        if len(value) > raw_length_max:
            raise PydanticKnownError("string_too_long", {"max_length": raw_length_max})
        return clean(value)

    return BeforeValidator(cleaned)


Line = Annotated[str, _clean_with(text.clean_line, raw_length_max=1_000)]
Paragraph = Annotated[str, _clean_with(text.clean_paragraph, raw_length_max=10_000)]
TagText = Annotated[str, _clean_with(text.normalise_tag, raw_length_max=1_000)]
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
