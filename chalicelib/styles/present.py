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
    Failed,
    StyleCard,
    StyleDetail,
    StyleProgress,
)
from chalicelib.tables import Style


def sample_urls(style: Style) -> list[str]:
    """Public samples by the CDN; those of a running training signed for their artist."""
    if style.training_status == "completed":
        return [public_url(key) for key in style.public_sample_keys]
    return [storage.sign_get(settings().image_bucket, key) for key in style.sample_keys]


def card(row: AnyRow) -> StyleCard:
    """A style in a list."""
    return StyleCard(**_card(row.Style, row.artist_name))


def detail(
    row: AnyRow,
    *,
    viewer_id: UUID | None,
    tags: list[str],
    artworks: Sequence[AnyRow] | None,
) -> StyleDetail:
    """A style on its own page."""
    style: Style = row.Style
    is_own = style.artist_id == viewer_id
    in_training = style.training_status == "training" and style.progress
    return StyleDetail(
        **_card(style, row.artist_name),
        description=style.description,
        tags=tags,
        sample_urls=sample_urls(style),
        is_active=style.is_active,
        progress=StyleProgress.model_validate(style.progress) if in_training else None,
        failure=Failed.of(style.failure) if is_own and style.failure else None,
        is_own=is_own,
        artworks=None if artworks is None else [_artwork(artwork) for artwork in artworks],
        trained_at=style.trained_at,
    )


def _card(style: Style, artist_name: str) -> dict[str, Any]:
    samples = sample_urls(style)
    return {
        "id": style.id,
        "title": style.title,
        "artist": ArtistRef(id=style.artist_id, artist_name=artist_name),
        "generation_cost_tokens": style.generation_cost_tokens,
        "generations_count": style.generations_count,
        "thumbnail_url": samples[-1] if samples else None,
        "training_status": style.training_status,
        "created_at": style.created_at,
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
