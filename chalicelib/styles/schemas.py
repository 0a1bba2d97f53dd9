"""What styles take and give."""

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from chalicelib.contracts.callbacks import TrainingProgress
from chalicelib.kit import i18n
from chalicelib.kit.fields import Body, Flag, Line, Moment, Out, Paragraph, TagText
from chalicelib.web.cursors import PageQuery

ARTWORKS_MIN, ARTWORKS_MAX = 10, 100
SIDE_MIN = 512
TITLE_LENGTH_MAX = 80
Title = Annotated[Line, Field(min_length=2, max_length=TITLE_LENGTH_MAX)]
Description = Annotated[Paragraph, Field(min_length=1, max_length=2000)]
Price = Annotated[int, Field(ge=1, le=10_000)]
Tag = Annotated[TagText, Field(min_length=1, max_length=60)]


class ArtworkSubmission(Body):
    """One uploaded file and what is on it."""

    upload_key: Annotated[str, Field(min_length=1, max_length=255)]
    filename: Annotated[Line, Field(max_length=255)] = ""
    tags: Annotated[list[Tag], Field(max_length=30, default_factory=list)]


class RightsStatement(Body):
    """The artist's word that the artworks are theirs."""

    name: Annotated[Line, Field(min_length=2, max_length=120)]
    accepted: Literal[True]


class StyleSubmission(Body):
    """Body of POST /api/styles."""

    title: Title
    description: Description
    generation_cost_tokens: Price
    artworks: Annotated[
        list[ArtworkSubmission], Field(min_length=ARTWORKS_MIN, max_length=ARTWORKS_MAX)
    ]
    rights_statement: RightsStatement


class StyleChange(Body):
    """Body of PATCH /api/styles/:id."""

    title: Title | None = None
    description: Description | None = None
    generation_cost_tokens: Price | None = None


class StyleSort(StrEnum):
    """Orders of the public list."""

    RECENT = "recent"
    POPULAR = "popular"


class StylesQuery(PageQuery):
    """Query of GET /api/styles."""

    sort: StyleSort = StyleSort.RECENT
    tag: Annotated[TagText, Field(pattern=r"^[^\x00]{0,80}$")] | None = None
    artist_id: UUID | None = None
    following: Flag = False


class ArtistRef(Out):
    """Whose style it is."""

    id: UUID
    artist_name: str


class StyleCard(Out):
    """A style in a list."""

    id: UUID
    title: str
    artist: ArtistRef
    generation_cost_tokens: int
    generations_count: int
    thumbnail_url: str | None
    training_status: str
    created_at: Moment


class StyleProgress(TrainingProgress):
    """Progress as it is shown."""

    last_updated: str


class Failed(Out):
    """Why it failed, in the viewer's words."""

    code: str
    message: str
    details: dict[str, Any]

    @classmethod
    def of(cls, failure: dict[str, Any]) -> "Failed":
        """What was stored, with its message in the request's language."""
        files = ", ".join(one["filename"] for one in failure["details"].get("files", []))
        key = f"failure.{failure['code']}"
        return cls(**failure, message=i18n.message(i18n.CURRENT.get(), key, files=files))


class ArtworkOut(Out):
    """One artwork, to its artist."""

    id: UUID
    filename: str
    width: int
    height: int
    tags: list[str]
    is_valid: bool | None
    invalid_reason: str | None
    thumbnail_url: str | None


class CallArtwork(Out):
    """The artwork of a closest call."""

    id: UUID
    filename: str
    thumbnail_url: str | None


class ClosestCallOut(Out):
    """How like an artwork something was that a buyer made; not what, nor whose.

    `similarity` is 1 for the same composition; `hash_distance` counts differing bits of 256.
    """

    id: UUID
    artwork: CallArtwork
    similarity: float
    hash_distance: int
    is_delivered: bool
    created_at: Moment


class StyleDetail(StyleCard):
    """A style on its own page; artworks are the artist's alone."""

    description: str
    tags: list[str]
    sample_urls: list[str]
    is_active: bool
    progress: StyleProgress | None
    failure: Failed | None
    is_own: bool
    artworks: list[ArtworkOut] | None
    trained_at: Moment | None
