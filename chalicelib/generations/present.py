"""Generations as their readers see them."""

from typing import Any
from uuid import UUID

from chalicelib.contracts.jobs import AspectRatio
from chalicelib.generations.schemas import (
    BuyerRef,
    GenerationCard,
    GenerationDetail,
    PlaceInLine,
    Progress,
    StyleRef,
)
from chalicelib.generations.service import public_key
from chalicelib.kit import storage
from chalicelib.kit.db import AnyRow
from chalicelib.kit.settings import settings
from chalicelib.styles.schemas import ArtistRef, Failed
from chalicelib.tables import Generation


def card(row: AnyRow) -> GenerationCard:
    """A generation in a list."""
    return GenerationCard(**_card(row))


def detail(row: AnyRow, *, viewer_id: UUID | None, place: PlaceInLine | None) -> GenerationDetail:
    """A generation on its own page."""
    made: Generation = row.Generation
    is_own = made.buyer_id == viewer_id
    hidden_tags = row.hidden_tags or ()
    return GenerationDetail(
        **_card(row),
        prompt_tags=[name for name in made.prompt_tags if name not in hidden_tags],
        seed=made.seed,
        is_own=is_own,
        price_tokens=made.price_tokens if is_own else None,
        retry_count=made.retry_count,
        progress=Progress.model_validate(made.progress) if made.progress else None,
        place_in_line=place,
        failure=Failed.of(made.failure) if is_own and made.failure else None,
        download_url=_download_url(made) if is_own else None,
    )


def _card(row: AnyRow) -> dict[str, Any]:
    made: Generation = row.Generation
    width, height = AspectRatio(made.aspect_ratio).size
    return {
        "id": made.id,
        "style": StyleRef(
            id=made.style_id,
            title=row.title,
            artist=ArtistRef(id=row.artist_id, artist_name=row.artist_name),
        ),
        "buyer": BuyerRef(
            id=made.buyer_id,
            username=row.username,
            profile_image_url=storage.find_public_url(row.profile_image_key),
        ),
        "description": made.description,
        "aspect_ratio": made.aspect_ratio,
        "width": width,
        "height": height,
        "status": made.status,
        "is_public": made.is_public,
        "like_count": made.like_count,
        "comment_count": made.comment_count,
        "is_liked": row.is_liked,
        "image_url": _image_url(made, made.image_key),
        "thumbnail_url": _image_url(made, made.thumbnail_key),
        "created_at": made.created_at,
        "completed_at": made.completed_at,
    }


def _image_url(made: Generation, key: str | None) -> str | None:
    """By the CDN when published, signed for 15 minutes else; only who may see the row gets here."""
    if key is None:
        return None
    if made.is_public:
        return storage.public_url(public_key(made, key.rsplit("/", 1)[-1]))
    return storage.sign_get(settings().image_bucket, key)


def _download_url(made: Generation) -> str | None:
    if made.image_key is None:
        return None
    return storage.sign_get(
        settings().image_bucket, made.image_key, attachment=f"style-license-{made.id}.png"
    )
