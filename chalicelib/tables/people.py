"""Users and artists."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    Text,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id, No, Yes, Zero


def folded(column: str) -> Computed:
    """A name as search compares it: width and case folded (Unicode NFKC, full case folding)."""
    return Computed(f"casefold(normalize(({column})::text, NFKC))", persisted=True)


class User(Base):
    """Somebody who signed in once. `token_balance` is a cache that the ledger's proof checks."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("token_balance >= 0", name="token_balance"),
        CheckConstraint(
            "promotional_balance BETWEEN 0 AND token_balance", name="promotional_balance"
        ),
        CheckConstraint("role IN ('user', 'artist')", name="role"),
        Index("uq_users_username", func.casefold(text("username")), unique=True),
        # Search finds artists only: everybody else's name need not be in it.
        Index(
            "ix_users_artist_search",
            "search_name",
            postgresql_using="gin",
            postgresql_ops={"search_name": "gin_trgm_ops"},
            postgresql_where=text("role = 'artist'"),
        ),
        {"schema": "auth"},
    )

    id: Mapped[Id]
    google_sub: Mapped[str] = mapped_column(String(255), unique=True)
    email: Mapped[str] = mapped_column(String(320))
    email_verified: Mapped[No]
    username: Mapped[str] = mapped_column(String(30))
    search_name: Mapped[str] = mapped_column(Text, folded("username"))
    bio: Mapped[str] = mapped_column(String(500), server_default="")
    profile_image_key: Mapped[str | None] = mapped_column(String(255))
    token_balance: Mapped[Zero] = mapped_column(BigInteger)
    promotional_balance: Mapped[Zero] = mapped_column(BigInteger)
    role: Mapped[str] = mapped_column(String(16), server_default="user")
    is_operator: Mapped[No]
    is_active: Mapped[Yes]
    created_at: Mapped[CreatedAt]


class Artist(Base):
    """A user's second side: the name they sign with and what they earned."""

    __tablename__ = "artists"
    __table_args__ = (
        CheckConstraint("earned_token_balance >= 0", name="earned_token_balance"),
        CheckConstraint("follower_count >= 0", name="follower_count"),
        Index(
            "ix_artists_search",
            "search_name",
            postgresql_using="gin",
            postgresql_ops={"search_name": "gin_trgm_ops"},
        ),
        Index("ix_artists_popular", "follower_count", "user_id"),
        {"schema": "auth"},
    )

    user_id: Mapped[UUID] = mapped_column(
        ForeignKey("auth.users.id", ondelete="CASCADE"), primary_key=True
    )
    artist_name: Mapped[str] = mapped_column(String(60))
    search_name: Mapped[str] = mapped_column(Text, folded("artist_name"))
    earned_token_balance: Mapped[Zero] = mapped_column(BigInteger)
    follower_count: Mapped[Zero] = mapped_column(BigInteger)
    signature_key: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[CreatedAt]
    signature_changed_at: Mapped[datetime | None]


class FormerUser(Base):
    """Somebody who left: welcome tokens are granted once a person, not once an account."""

    __tablename__ = "former_users"
    __table_args__ = ({"schema": "auth"},)

    subject_hmac: Mapped[str] = mapped_column(String(64), primary_key=True)
    left_at: Mapped[CreatedAt]
