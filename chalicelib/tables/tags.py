"""Tags, and where they are used."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table, text
from sqlalchemy.orm import Mapped, mapped_column

from chalicelib.kit.db import Base
from chalicelib.tables.columns import CreatedAt, Id, No, Yes, Zero


class Tag(Base):
    """A tag by its one normalised spelling."""

    __tablename__ = "tags"
    __table_args__ = (
        CheckConstraint("name = lower(name) AND length(name) BETWEEN 1 AND 80", name="name"),
        CheckConstraint("usage_count >= 0", name="usage_count"),
        Index(
            "ix_tags_name_trgm",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
        Index("ix_tags_usage", "usage_count", "id"),
        Index("ix_tags_flagged", "usage_count", "id", postgresql_where=text("is_flagged")),
        {"schema": "tagging"},
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80), unique=True)
    usage_count: Mapped[Zero] = mapped_column(BigInteger)
    is_active: Mapped[Yes]
    is_flagged: Mapped[No]
    created_at: Mapped[CreatedAt]


def _link(name: str, subject: str, target: str) -> Table:
    return Table(
        name,
        Base.metadata,
        Column(f"{subject}_id", ForeignKey(target, ondelete="CASCADE"), primary_key=True),
        Column("tag_id", ForeignKey("tagging.tags.id", ondelete="RESTRICT"), primary_key=True),
        Index(f"ix_{name}_tag_id", "tag_id", f"{subject}_id"),
        schema="tagging",
    )


style_tags = _link("style_tags", "style", "style.styles.id")
artwork_tags = _link("artwork_tags", "artwork", "style.artworks.id")
generation_tags = _link("generation_tags", "generation", "generation.generations.id")
