"""/api/admin: what operators see and decide."""

from uuid import UUID

from chalicelib.kit import clock
from chalicelib.ledger import checkpoint
from chalicelib.ledger.proof import prove_recent
from chalicelib.operations import queries
from chalicelib.operations.schemas import (
    JobOut,
    JobsQuery,
    LedgerProof,
    TagChange,
    TagOut,
    TagsQuery,
)
from chalicelib.tags import service as tags_service
from chalicelib.web.cursors import Page, make_page, read_cursor
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/admin/tags", who=Who.OPERATOR, query=TagsQuery)
def tags(db: Session, *, viewer: Viewer, query: TagsQuery) -> Page[TagOut]:
    """Every tag, hidden ones too, the most used first."""
    of = f"admin/tags:{query.flagged}:{query.q}"
    rows = queries.tags_page(db, query=query, after=read_cursor(query, of=of))
    return make_page(
        rows,
        page=query,
        of=of,
        key=lambda tag: [tag.usage_count, tag.id],
        present=TagOut.model_validate,
    )


@routes.endpoint("PATCH", "/admin/tags/{tag_id}", who=Who.OPERATOR, body=TagChange)
def moderate(db: Session, *, viewer: Viewer, body: TagChange, tag_id: UUID) -> TagOut:
    """Hide a tag or show it again; a flagged one is refused in prompts too."""
    tag = tags_service.moderate_tag(
        db, tag_id=tag_id, is_active=body.is_active, is_flagged=body.is_flagged
    )
    return TagOut.model_validate(tag)


@routes.endpoint("GET", "/admin/jobs", who=Who.OPERATOR, query=JobsQuery)
def jobs(db: Session, *, viewer: Viewer, query: JobsQuery) -> Page[JobOut]:
    """GPU work, newest first."""
    of = f"admin/jobs:{query.state}:{query.kind}"
    cursor = read_cursor(query, of=of)
    rows = queries.jobs_page(db, query=query, before=UUID(cursor[0]) if cursor else None)
    return make_page(
        rows, page=query, of=of, key=lambda job: [job.id], present=JobOut.model_validate
    )


@routes.endpoint("GET", "/admin/ledger", who=Who.OPERATOR)
def ledger(db: Session, *, viewer: Viewer) -> LedgerProof:
    """The ledger's invariants, proved now; what lies before the checkpoint by its sums."""
    invariants = prove_recent(db)
    recounted_at, recount_faults = checkpoint.find_recount(db)
    return LedgerProof(
        holds=not any(invariants.values()) and not recount_faults,
        invariants=invariants,
        proved_at=clock.now(),
        recount_faults=recount_faults,
        recounted_at=recounted_at,
    )
