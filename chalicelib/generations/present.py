"""Generations as their readers see them."""

from typing import Any
from uuid import UUID

from chalicelib.contracts import object_keys
from chalicelib.contracts.jobs import AspectRatio
from chalicelib.generations.schemas import (
    BuyerRef,
    GenerationCard,
    GenerationDetail,
    PlaceInLine,
    Progress,
    StyleRef,
)
from chalicelib.kit import storage
from chalicelib.kit.db import AnyRow
from chalicelib.kit.settings import settings
from chalicelib.styles.schemas import ArtistRef, Failed


def card(row: AnyRow) -> GenerationCard:
    """A generation in a list."""
    return GenerationCard(**_card(row))


def detail(row: AnyRow, *, viewer_id: UUID | None, place: PlaceInLine | None) -> GenerationDetail:
    """A generation on its own page."""
    is_own = row.buyer_id == viewer_id
    hidden_tags = row.hidden_tags or ()
    return GenerationDetail(
        **_card(row),
        prompt_tags=[name for name in row.prompt_tags if name not in hidden_tags],
        seed=row.seed,
        is_own=is_own,
        price_tokens=row.price_tokens if is_own else None,
        retry_count=row.retry_count,
        progress=Progress.model_validate(row.progress) if row.progress else None,
        place_in_line=place,
        failure=Failed.of(row.failure) if is_own and row.failure else None,
        download_url=_download_url(row) if is_own else None,
    )


def _card(row: AnyRow) -> dict[str, Any]:
    width, height = AspectRatio(row.aspect_ratio).size
    return {
        "id": row.id,
        "style": StyleRef(
            id=row.style_id,
            title=row.title,
            artist=ArtistRef(id=row.artist_id, artist_name=row.artist_name),
        ),
        "buyer": BuyerRef(
            id=row.buyer_id,
            username=row.username,
            profile_image_url=storage.find_public_url(row.profile_image_key),
        ),
        "description": row.description,
        "aspect_ratio": row.aspect_ratio,
        "width": width,
        "height": height,
        "status": row.status,
        "is_public": row.is_public,
        "like_count": row.like_count,
        "comment_count": row.comment_count,
        "is_liked": row.is_liked,
        "image_url": _find_url(row, row.image_key),
        "preview_url": _find_url(row, row.preview_key),
        "thumbnail_url": _find_url(row, row.thumbnail_key),
        "created_at": row.created_at,
        "completed_at": row.completed_at,
    }


def _find_url(row: AnyRow, key: str | None) -> str | None:
    """Only who may see the row gets here."""
    if key is None:
        return None
    copy = object_keys.find_public_generation(row.id, nonce=row.public_nonce, private_key=key)
    return storage.image_url(key, copy=copy)


def _download_url(row: AnyRow) -> str | None:
    if row.image_key is None:
        return None
    return storage.sign_get(
        settings().image_bucket, row.image_key, attachment=f"style-license-{row.id}.png"
    )
