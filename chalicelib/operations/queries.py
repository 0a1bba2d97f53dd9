"""Reads of operators."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from chalicelib.operations.schemas import JobsQuery, TagsQuery
from chalicelib.tables import Job, Tag

# What the trigram index can find inside a word.
_LETTERS_INSIDE_MIN = 3


def tags_page(db: Session, *, query: TagsQuery, after: list[Any] | None) -> Sequence[Tag]:
    """Tags, the most used first, one more than the limit."""
    tags = select(Tag)
    if query.flagged is not None:
        tags = tags.where(Tag.is_flagged if query.flagged else ~Tag.is_flagged)
    if query.q:
        tags = tags.where(_named_like(query.q))
    if after:
        tags = tags.where(tuple_(Tag.usage_count, Tag.id) < (int(after[0]), UUID(after[1])))
    tags = tags.order_by(Tag.usage_count.desc(), Tag.id.desc()).limit(query.limit + 1)
    return db.execute(tags).scalars().all()


def jobs_page(db: Session, *, query: JobsQuery, before: UUID | None) -> Sequence[Job]:
    """Jobs, newest first, one more than the limit."""
    jobs = select(Job)
    if query.state is not None:
        jobs = jobs.where(Job.state == query.state)
    if query.kind is not None:
        jobs = jobs.where(Job.kind == query.kind)
    if before:
        jobs = jobs.where(Job.id < before)
    return db.execute(jobs.order_by(Job.id.desc()).limit(query.limit + 1)).scalars().all()


def _named_like(q: str) -> ColumnElement[bool]:
    """Anywhere in the name; where a word begins when that is too little to look for."""
    if len(q) >= _LETTERS_INSIDE_MIN:
        return Tag.name.contains(q, autoescape=True)
    return or_(Tag.name.startswith(q, autoescape=True), Tag.name.contains(f" {q}", autoescape=True))
