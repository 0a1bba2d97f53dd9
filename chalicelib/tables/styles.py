"""Styles and their artworks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id, Yes, Zero


class Style(Base):
    """An artist's registered style and, once trained, its LoRA."""

    __tablename__ = "styles"
    __table_args__ = (
        CheckConstraint("generation_cost_tokens BETWEEN 1 AND 10000", name="price"),
        CheckConstraint(
            "training_status IN ('pending', 'training', 'completed', 'failed')",
            name="training_status",
        ),
        CheckConstraint(
            "training_status <> 'completed' OR (lora_key IS NOT NULL AND lora_sha256 IS NOT NULL"
            " AND trained_at IS NOT NULL)",
            name="trained",
        ),
        CheckConstraint("generations_count >= 0", name="generations_count"),
        # One style per artist at a time; a failed one does not count.
        Index(
            "uq_styles_live",
            "artist_id",
            unique=True,
            postgresql_where=text("training_status <> 'failed'"),
        ),
        Index("ix_styles_artist_id", "artist_id", "id"),
        Index(
            "ix_styles_recent",
            "id",
            postgresql_where=text("training_status = 'completed' AND is_active"),
        ),
        Index(
            "ix_styles_popular",
            "generations_count",
            "id",
            postgresql_where=text("training_status = 'completed' AND is_active"),
        ),
        {"schema": "style"},
    )

    id: Mapped[Id]
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("auth.artists.user_id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(String(2000))
    generation_cost_tokens: Mapped[int]
    training_status: Mapped[str] = mapped_column(String(16), server_default="pending")
    is_active: Mapped[Yes]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    rights_name: Mapped[str] = mapped_column(String(120))
    rights_accepted_at: Mapped[datetime]
    trigger: Mapped[str] = mapped_column(String(32))
    generations_count: Mapped[Zero] = mapped_column(BigInteger)
    base_model: Mapped[str | None] = mapped_column(String(100))
    base_revision: Mapped[str | None] = mapped_column(String(100))
    lora_key: Mapped[str | None] = mapped_column(String(255))
    lora_sha256: Mapped[str | None] = mapped_column(String(64))
    sample_keys: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    public_sample_keys: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'"))
    created_at: Mapped[CreatedAt]
    trained_at: Mapped[datetime | None]


class Artwork(Base):
    """One training image; `is_valid` is NULL until it was fully decoded."""

    __tablename__ = "artworks"
    __table_args__ = (
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("width >= 512 AND height >= 512", name="dimensions"),
        CheckConstraint("(is_valid IS FALSE) = (invalid_reason IS NOT NULL)", name="reason"),
        Index("uq_artworks_position", "style_id", "position", unique=True),
        {"schema": "style"},
    )

    id: Mapped[Id]
    style_id: Mapped[UUID] = mapped_column(ForeignKey("style.styles.id", ondelete="CASCADE"))
    position: Mapped[int]
    filename: Mapped[str] = mapped_column(String(255))
    object_key: Mapped[str] = mapped_column(String(255), unique=True)
    thumbnail_key: Mapped[str | None] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(32))
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    is_valid: Mapped[bool | None]
    invalid_reason: Mapped[str | None] = mapped_column(String(64))
    inspected_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class ClosestCall(Base):
    """Which artwork a picture in its style was most like; one an attempt, delivered or not."""

    __tablename__ = "closest_calls"
    __table_args__ = (
        CheckConstraint("similarity BETWEEN 0 AND 1", name="similarity"),
        CheckConstraint("hash_distance BETWEEN 0 AND 256", name="hash_distance"),
        Index("uq_closest_calls_attempt", "generation_id", "attempt", unique=True),
        Index("ix_closest_calls_closest", "style_id", "similarity", "id"),
        Index("ix_closest_calls_artwork_id", "artwork_id"),
        {"schema": "style"},
    )

    id: Mapped[Id]
    style_id: Mapped[UUID] = mapped_column(ForeignKey("style.styles.id", ondelete="CASCADE"))
    artwork_id: Mapped[UUID] = mapped_column(ForeignKey("style.artworks.id", ondelete="CASCADE"))
    generation_id: Mapped[UUID] = mapped_column(
        ForeignKey("generation.generations.id", ondelete="CASCADE")
    )
    attempt: Mapped[int]
    similarity: Mapped[float] = mapped_column(Double)
    hash_distance: Mapped[int]
    is_delivered: Mapped[bool]
    created_at: Mapped[CreatedAt]
