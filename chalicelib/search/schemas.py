"""What search takes and gives."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from chalicelib.kit.fields import Out, Query, TagText
from chalicelib.styles.schemas import ArtistRef

# PostgreSQL's text holds everything but NUL.
Asked = Annotated[TagText, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]


class Kind(StrEnum):
    """What may be searched for."""

    ALL = "all"
    STYLES = "styles"
    ARTISTS = "artists"


class SearchQuery(Query):
    """Query of GET /api/search; `limit` holds for each kind."""

    q: Asked
    type: Kind = Kind.ALL
    limit: int = Field(default=20, ge=1, le=50)


class StyleHit(Out):
    """A style, and whether its title or another tag of it matched."""

    id: UUID
    name: str
    thumbnail_url: str | None
    artist: ArtistRef
    matched_by: Literal["tag", "name"]


class ArtistHit(Out):
    """An artist, and which of their names matched."""

    id: UUID
    username: str
    artist_name: str
    follower_count: int
    profile_image_url: str | None
    matched_by: Literal["artist_name", "username"]


class SearchResults(Out):
    """The best matches of each kind, best first."""

    styles: list[StyleHit]
    artists: list[ArtistHit]
