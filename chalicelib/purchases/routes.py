"""/api/tokens: packages and purchases; what Toss calls."""

from uuid import UUID

from chalicelib.errors import NotFound, PaymentFailed, UpstreamUnavailable
from chalicelib.purchases import queries, service
from chalicelib.purchases.schemas import (
    PACKAGES,
    Confirmation,
    Package,
    PurchaseOut,
    PurchaseRequest,
    Received,
    Status,
)
from chalicelib.tables import Purchase
from chalicelib.web.cursors import Page
from chalicelib.web.endpoint import Routes, Session, Viewer, Who

routes = Routes()


@routes.endpoint("GET", "/tokens/packages", who=Who.ANYONE)
def packages(_db: Session, *, viewer: Viewer | None) -> Page[Package]:
    """What can be bought."""
    return Page(results=list(PACKAGES.values()), next_cursor=None, has_more=False)


def _open(*, viewer: Viewer, body: PurchaseRequest) -> service.Opened:
    return service.open_purchase(user_id=viewer.user_id, package_id=body.package_id)


@routes.endpoint(
    "POST",
    "/tokens/purchase",
    who=Who.USER,
    body=PurchaseRequest,
    prepare=_open,
    status=201,
    idempotent=True,
)
def buy(
    db: Session, *, viewer: Viewer, body: PurchaseRequest, prepared: service.Opened
) -> PurchaseOut:
    """Begin a purchase; it is paid on the page at `payment_url`."""
    service.keep_checkout(db, opened=prepared)
    return purchase(db, viewer=viewer, purchase_id=prepared.purchase_id)


def _confirm(*, viewer: Viewer, body: Confirmation) -> UUID:
    return service.confirm_purchase(user_id=viewer.user_id, wanted=body)


@routes.endpoint(
    "POST",
    "/tokens/purchase/confirm",
    who=Who.USER,
    body=Confirmation,
    prepare=_confirm,
    errors=(NotFound, PaymentFailed),
)
def confirm(db: Session, *, viewer: Viewer, body: Confirmation, prepared: UUID) -> PurchaseOut:
    """Back from the page: have the payment charged. While it is `confirming`, ask again."""
    found = queries.get_purchase(db, purchase_id=prepared, user_id=viewer.user_id)
    if found.status in {Status.FAILED, Status.EXPIRED}:
        raise PaymentFailed(reason=queries.reason_of(found))
    return _present(found)


@routes.endpoint("GET", "/tokens/purchases/{purchase_id}", who=Who.USER)
def purchase(db: Session, *, viewer: Viewer, purchase_id: UUID) -> PurchaseOut:
    """One purchase of the viewer's."""
    return _present(queries.get_purchase(db, purchase_id=purchase_id, user_id=viewer.user_id))


@routes.endpoint(
    "POST", "/webhooks/toss/payment", who=Who.UNASKED, raw=True, errors=(UpstreamUnavailable,)
)
def toss_payment(*, content: bytes) -> Received:
    """A hint from Toss, which signs none: it is never believed, the payment is read back."""
    service.take_hint(content)
    return Received()


def _present(found: Purchase) -> PurchaseOut:
    shown = PurchaseOut.model_validate(found)
    if shown.status is Status.PENDING:
        return shown
    return shown.model_copy(update={"payment_url": None})
