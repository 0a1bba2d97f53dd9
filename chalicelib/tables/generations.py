"""Generations and the licences that prove them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id, No, Zero


class Generation(Base):
    """One request for an image in a style, and its result."""

    __tablename__ = "generations"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'processing', 'retrying', 'completed', 'failed', 'canceled')",
            name="status",
        ),
        CheckConstraint("price_tokens > 0", name="price_tokens"),
        CheckConstraint("aspect_ratio IN ('1:1', '2:2', '1:2')", name="aspect_ratio"),
        CheckConstraint("seed BETWEEN 0 AND 4294967295", name="seed"),
        CheckConstraint("retry_count BETWEEN 0 AND 3", name="retry_count"),
        CheckConstraint("like_count >= 0 AND comment_count >= 0", name="counters"),
        CheckConstraint(
            "(status = 'completed') = (image_key IS NOT NULL AND image_sha256 IS NOT NULL)",
            name="image",
        ),
        CheckConstraint("NOT is_public OR status = 'completed'", name="only_images_are_public"),
        CheckConstraint("is_public = (public_nonce IS NOT NULL)", name="public_nonce"),
        Index("ix_generations_buyer", "buyer_id", "id"),
        Index("ix_generations_buyer_status", "buyer_id", "status", "id"),
        Index("ix_generations_buyer_public", "buyer_id", "is_public", "id"),
        Index("ix_generations_style", "style_id", "id"),
        Index("ix_generations_feed", "id", postgresql_where=text("is_public")),
        Index("ix_generations_feed_style", "style_id", "id", postgresql_where=text("is_public")),
        Index("ix_generations_image_sha256", "image_sha256"),
        Index("ix_generations_pixel_sha256", "pixel_sha256"),
        {"schema": "generation"},
    )

    id: Mapped[Id]
    style_id: Mapped[UUID] = mapped_column(ForeignKey("style.styles.id", ondelete="RESTRICT"))
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("auth.users.id", ondelete="RESTRICT"))
    prompt_tags: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    description: Mapped[str] = mapped_column(String(500), server_default="")
    aspect_ratio: Mapped[str] = mapped_column(String(3))
    seed: Mapped[int] = mapped_column(BigInteger)
    price_tokens: Mapped[int]
    status: Mapped[str] = mapped_column(String(16), server_default="queued")
    retry_count: Mapped[Zero]
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    is_public: Mapped[No]
    public_nonce: Mapped[str | None] = mapped_column(String(32))
    like_count: Mapped[Zero] = mapped_column(BigInteger)
    comment_count: Mapped[Zero] = mapped_column(BigInteger)
    image_key: Mapped[str | None] = mapped_column(String(255))
    preview_key: Mapped[str | None] = mapped_column(String(255))
    thumbnail_key: Mapped[str | None] = mapped_column(String(255))
    image_sha256: Mapped[str | None] = mapped_column(String(64))
    pixel_sha256: Mapped[str | None] = mapped_column(String(64))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[CreatedAt]
    completed_at: Mapped[datetime | None]


class Licence(Base):
    """What the buyer may do with one generation, with its certificate; outlives the buyer."""

    __tablename__ = "licences"
    __table_args__ = (
        Index("ix_licences_artist_id", "artist_id"),
        Index("ix_licences_style_id", "style_id"),
        Index("ix_licences_image_sha256", "image_sha256"),
        Index("ix_licences_pixel_sha256", "pixel_sha256"),
        {"schema": "generation"},
    )

    generation_id: Mapped[UUID] = mapped_column(primary_key=True)
    buyer_id: Mapped[UUID]
    artist_id: Mapped[UUID] = mapped_column(ForeignKey("auth.artists.user_id", ondelete="RESTRICT"))
    style_id: Mapped[UUID] = mapped_column(ForeignKey("style.styles.id", ondelete="RESTRICT"))
    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("token.transactions.id", ondelete="RESTRICT"), unique=True
    )
    terms_version: Mapped[str] = mapped_column(String(32))
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    certificate: Mapped[str]
    image_sha256: Mapped[str] = mapped_column(String(64))
    pixel_sha256: Mapped[str] = mapped_column(String(64))
    perceptual_hashes: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    issued_at: Mapped[datetime]
