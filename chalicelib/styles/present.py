"""Styles as their readers see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chalicelib.kit import storage
from chalicelib.kit.db import AnyRow
from chalicelib.kit.settings import settings
from chalicelib.kit.storage import public_url as public_url
from chalicelib.styles.schemas import (
    ArtistRef,
    ArtworkOut,
    CallArtwork,
    ClosestCallOut,
    Failed,
    StyleCard,
    StyleDetail,
    StyleProgress,
)
from chalicelib.tables import Style


def sample_urls(style: Style | AnyRow) -> list[str]:
    """Public samples by the CDN; those of a running training signed for their artist."""
    if style.training_status == "completed":
        return [public_url(key) for key in style.public_sample_keys]
    return [storage.sign_get(settings().image_bucket, key) for key in style.sample_keys]


def card(row: AnyRow) -> StyleCard:
    """A style in a list."""
    return StyleCard(**_card(row))


def detail(
    row: AnyRow, *, viewer_id: UUID | None, artworks: Sequence[AnyRow] | None
) -> StyleDetail:
    """A style on its own page."""
    is_own = row.artist_id == viewer_id
    in_training = row.training_status == "training" and row.progress
    return StyleDetail(
        **_card(row),
        description=row.description,
        tags=row.tags,
        sample_urls=sample_urls(row),
        is_active=row.is_active,
        progress=StyleProgress.model_validate(row.progress) if in_training else None,
        failure=Failed.of(row.failure) if is_own and row.failure else None,
        is_own=is_own,
        artworks=None if artworks is None else [_artwork(artwork) for artwork in artworks],
        trained_at=row.trained_at,
    )


def closest_call(row: AnyRow) -> ClosestCallOut:
    """How close a picture came to an artwork."""
    call, key = row.ClosestCall, row.thumbnail_key
    return ClosestCallOut(
        id=call.id,
        artwork=CallArtwork(
            id=call.artwork_id,
            filename=row.filename,
            thumbnail_url=storage.sign_get(settings().private_bucket, key) if key else None,
        ),
        similarity=call.similarity,
        hash_distance=call.hash_distance,
        is_delivered=call.is_delivered,
        created_at=call.created_at,
    )


def _card(row: AnyRow) -> dict[str, Any]:
    samples = sample_urls(row)
    return {
        "id": row.id,
        "title": row.title,
        "artist": ArtistRef(id=row.artist_id, artist_name=row.artist_name),
        "generation_cost_tokens": row.generation_cost_tokens,
        "generations_count": row.generations_count,
        "thumbnail_url": samples[-1] if samples else None,
        "training_status": row.training_status,
        "created_at": row.created_at,
    }


def _artwork(row: AnyRow) -> ArtworkOut:
    artwork = row.Artwork
    key = artwork.thumbnail_key
    return ArtworkOut(
        id=artwork.id,
        filename=artwork.filename,
        width=artwork.width,
        height=artwork.height,
        tags=row.tags,
        is_valid=artwork.is_valid,
        invalid_reason=artwork.invalid_reason,
        thumbnail_url=storage.sign_get(settings().private_bucket, key) if key else None,
    )
