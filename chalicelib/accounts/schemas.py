"""What accounts take and give."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from chalicelib.accounts import usernames
from chalicelib.kit.fields import Body, Line, Moment, Out, Paragraph


def _require_well_formed(name: str) -> str:
    if not usernames.is_well_formed(name):
        raise PydanticCustomError("username", "not a username")
    return name


Username = Annotated[
    str,
    BeforeValidator(lambda text: usernames.clean(text) if isinstance(text, str) else text),
    Field(min_length=usernames.LENGTH_MIN, max_length=usernames.LENGTH_MAX),
    AfterValidator(_require_well_formed),
]
ArtistName = Annotated[Line, Field(min_length=1, max_length=60)]
UploadKey = Annotated[str, Field(min_length=1, max_length=255)]


class LoginQuery(BaseModel):
    """Query of GET /api/auth/google/login."""

    model_config = ConfigDict(extra="ignore")

    next: str | None = None


class ArtistUpgrade(Body):
    """Body of POST /api/users/me/upgrade-to-artist."""

    artist_name: ArtistName
    email: Annotated[Line, Field(min_length=3, max_length=320)]
    signature_upload_key: UploadKey


class ProfileChange(Body):
    """Body of PATCH /api/users/me; what is not sent stays, a picture of null goes."""

    username: Username | None = None
    bio: Annotated[Paragraph, Field(max_length=500)] | None = None
    profile_image_upload_key: UploadKey | None = None
    artist_name: ArtistName | None = None
    signature_upload_key: UploadKey | None = None


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
    profile_image_url: str | None
    role: str
    is_operator: bool
    token_balance: int
    artist: ArtistBlock | None
    unread_notifications: int
    created_at: Moment


class ArtistProfile(Out):
    """The artist side of a public profile; `style_id` is the style that makes images, if any."""

    artist_name: str
    follower_count: int
    style_id: UUID | None


class Profile(Out):
    """Somebody as everybody may see them; `is_following` is null for visitors."""

    id: UUID
    username: str
    bio: str
    profile_image_url: str | None
    role: str
    artist: ArtistProfile | None
    public_generations_count: int
    following_count: int
    is_following: bool | None
    is_self: bool
    created_at: Moment


class SignedOut(Out):
    """Nothing is left to say."""
