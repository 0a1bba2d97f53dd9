"""What accounts take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.kit.fields import Body, Line, Moment, Out


class LoginQuery(BaseModel):
    """Query of GET /api/auth/google/login."""

    model_config = ConfigDict(extra="ignore")

    next: str | None = None


class ArtistUpgrade(Body):
    """Body of POST /api/users/me/upgrade-to-artist."""

    artist_name: Annotated[Line, Field(min_length=1, max_length=60)]
    email: Annotated[Line, Field(min_length=3, max_length=320)]
    signature_upload_key: Annotated[str, Field(min_length=1, max_length=255)]


class ArtistBlock(Out):
    """The artist side of one's own account."""

    artist_name: str
    earned_token_balance: int
    follower_count: int
    signature_url: str


class Me(Out):
    """The signed-in user."""

    id: UUID
    username: str
    email: str
    bio: str
    role: str
    is_operator: bool
    token_balance: int
    artist: ArtistBlock | None
    unread_notifications: int
    created_at: Moment
