"""/api/admin: what operators see."""

from typing import Any

from chalicelib.kit import clock
from chalicelib.ledger.proof import prove_ledger
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/admin/ledger", who=Who.OPERATOR)
def ledger(db: Session, *, viewer: Viewer) -> dict[str, Any]:
    """The ledger's invariants, proved now."""
    invariants = prove_ledger(db)
    return {
        "holds": not any(invariants.values()),
        "invariants": invariants,
        "proved_at": clock.iso(clock.now()),
    }
