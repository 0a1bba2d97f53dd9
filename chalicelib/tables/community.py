"""Follows, likes and comments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id


class Follow(Base):
    """Somebody follows an artist."""

    __tablename__ = "follows"
    __table_args__ = (
        CheckConstraint("follower_id <> artist_id", name="not_oneself"),
        Index("ix_follows_artist_id", "artist_id"),
        Index("ix_follows_recent", "follower_id", "created_at", "artist_id"),
        {"schema": "community"},
    )

    follower_id: Mapped[UUID] = mapped_column(
        ForeignKey("auth.users.id", ondelete="CASCADE"), primary_key=True
    )
    artist_id: Mapped[UUID] = mapped_column(
        ForeignKey("auth.artists.user_id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[CreatedAt]


class Like(Base):
    """Somebody likes an image."""

    __tablename__ = "likes"
    __table_args__ = (
        Index("ix_likes_generation_id", "generation_id"),
        Index("ix_likes_recent", "user_id", "created_at", "generation_id"),
        {"schema": "community"},
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("auth.users.id", ondelete="CASCADE"), primary_key=True
    )
    generation_id: Mapped[UUID] = mapped_column(
        ForeignKey("generation.generations.id", ondelete="CASCADE"), primary_key=True
    )
    created_at: Mapped[CreatedAt]


class Comment(Base):
    """A comment on an image, or a reply to one."""

    __tablename__ = "comments"
    __table_args__ = (
        CheckConstraint("length(body) BETWEEN 1 AND 1000", name="body"),
        CheckConstraint("parent_id <> id", name="not_own_parent"),
        Index("ix_comments_generation", "generation_id", "id"),
        Index(
            "ix_comments_top",
            "generation_id",
            "id",
            postgresql_where=text("parent_id IS NULL"),
        ),
        Index("ix_comments_parent", "parent_id", "id"),
        Index("ix_comments_author_id", "author_id"),
        {"schema": "community"},
    )

    id: Mapped[Id]
    generation_id: Mapped[UUID] = mapped_column(
        ForeignKey("generation.generations.id", ondelete="CASCADE")
    )
    author_id: Mapped[UUID] = mapped_column(ForeignKey("auth.users.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("community.comments.id", ondelete="CASCADE")
    )
    body: Mapped[str] = mapped_column(String(1000))
    created_at: Mapped[CreatedAt]
    edited_at: Mapped[datetime | None]
