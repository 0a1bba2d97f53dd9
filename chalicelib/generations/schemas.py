"""What generations take and give."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chalicelib.contracts.callbacks import GenerationProgress
from chalicelib.contracts.jobs import AspectRatio
from chalicelib.kit.fields import Body, Flag, Moment, Out, Paragraph, TagText
from chalicelib.styles.schemas import ArtistRef, Failed
from chalicelib.web.cursors import PageQuery

PromptTag = Annotated[TagText, Field(min_length=1, max_length=60)]
Description = Annotated[Paragraph, Field(max_length=500)]


class GenerationRequest(Body):
    """Body of POST /api/generations."""

    style_id: Annotated[UUID, Field(strict=False)]
    prompt_tags: Annotated[list[PromptTag], Field(min_length=1, max_length=30)]
    description: Description = ""
    aspect_ratio: Annotated[AspectRatio, Field(strict=False)]
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None


class GenerationChange(Body):
    """Body of PATCH /api/generations/:id."""

    is_public: bool | None = None
    description: Description | None = None


class Status(StrEnum):
    """States of a generation."""

    QUEUED = "queued"
    PROCESSING = "processing"
    RETRYING = "retrying"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"


class MineQuery(PageQuery):
    """Query of GET /api/generations/me."""

    is_public: Flag | None = None
    status: Status | None = None


class FeedQuery(PageQuery):
    """Query of GET /api/generations/feed."""

    style_id: UUID | None = None
    artist_id: UUID | None = None


class StyleRef(Out):
    """In which style it is."""

    id: UUID
    title: str
    artist: ArtistRef


class BuyerRef(Out):
    """Who had it made."""

    id: UUID
    username: str
    profile_image_url: str | None


class GenerationCard(Out):
    """A generation in a list."""

    id: UUID
    style: StyleRef
    buyer: BuyerRef
    description: str
    aspect_ratio: str
    width: int
    height: int
    status: str
    is_public: bool
    like_count: int
    comment_count: int
    is_liked: bool
    image_url: str | None
    preview_url: str | None
    thumbnail_url: str | None
    created_at: Moment
    completed_at: Moment | None


class Progress(GenerationProgress):
    """Progress as it is shown."""

    last_updated: str


class PlaceInLine(Out):
    """Where a queued generation stands; 1 is next."""

    position: int
    estimated_start_seconds: int | None


class GenerationDetail(GenerationCard):
    """A generation on its own page; what only its owner may see is null for others."""

    prompt_tags: list[str]
    seed: int
    is_own: bool
    price_tokens: int | None
    retry_count: int
    progress: Progress | None
    place_in_line: PlaceInLine | None
    failure: Failed | None
    download_url: str | None
