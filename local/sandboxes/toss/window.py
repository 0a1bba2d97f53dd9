"""The payment page: for people in a browser, and for programs that post its form."""

from typing import cast

from aiohttp import web
from yarl import URL

from local.sandboxes.toss import pages
from local.sandboxes.toss.desk import Desk
from local.sandboxes.toss.errors import TossError, message_of
from local.sandboxes.toss.payments import CardName, Payment, Status

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
ACTIONS = ("pay", "over_limit", "decline", "cancel", "close")


class Window:
    """What the buyer does; a closed page changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[web.RouteDef]:
        """For the application's router."""
        return [
            web.get("/checkout/{key}", self._open),
            web.post("/checkout/{key}", self._act),
            web.get("/receipt/{key}", self._receipt),
        ]

    async def _open(self, request: web.Request) -> web.Response:
        payment = self._payment(request)
        lang = _language(request, payment)
        if payment.status is not Status.READY:
            return page(pages.said(payment, lang=lang))
        return page(pages.checkout(payment, lang=lang))

    async def _receipt(self, request: web.Request) -> web.Response:
        payment = self._payment(request)
        return page(pages.said(payment, lang=_language(request, payment)))

    async def _act(self, request: web.Request) -> web.Response:
        form = await request.post()
        payment = self._payment(request)
        lang = _language(request, payment)
        action, card = str(form.get("action", "pay")), str(form.get("card", "overseas"))
        if action not in ACTIONS or not pages.takes(payment, card):
            raise web.HTTPBadRequest(text="no such action or card here")
        if action == "close":
            return page(pages.said(payment, lang=lang))
        if payment.status is Status.IN_PROGRESS and action in {"pay", "over_limit"}:
            # Pressed twice: the way back is the same.
            return _redirect(_success(payment))
        if payment.status is not Status.READY:
            return page(pages.said(payment, lang=lang), status=409)
        if action == "cancel":
            return _redirect(_failure(payment, "PAY_PROCESS_CANCELED", lang))
        if action == "decline":
            self._desk.state.abort(payment, "REJECT_CARD_COMPANY")
            self._desk.keep()
            return _redirect(_failure(payment, "REJECT_CARD_COMPANY", lang))
        self._desk.state.authenticate(
            payment, card=cast(CardName, card), over_limit=action == "over_limit"
        )
        self._desk.keep()
        return _redirect(_success(payment))

    def _payment(self, request: web.Request) -> Payment:
        try:
            payment = self._desk.state.get(request.match_info["key"])
        except TossError as error:
            raise web.HTTPNotFound(text="no such payment") from error
        self._desk.keep()
        return payment


def page(html: str, *, status: int = 200) -> web.Response:
    """HTML that runs no scripts and is kept nowhere."""
    headers = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=html, content_type="text/html", status=status, headers=headers)


def _redirect(url: URL) -> web.Response:
    return web.Response(status=303, headers={"Location": str(url), "Cache-Control": "no-store"})


def _success(payment: Payment) -> URL:
    return URL(payment.success_url).update_query(
        paymentType="NORMAL",
        orderId=payment.order_id,
        paymentKey=payment.key,
        amount=str(payment.money(payment.total)),
    )


def _failure(payment: Payment, code: str, lang: str) -> URL:
    query = {"code": code, "message": message_of(code, english=lang == "en")}
    # When the buyer cancels, Toss leaves the order's id out.
    order = {} if code == "PAY_PROCESS_CANCELED" else {"orderId": payment.order_id}
    return URL(payment.fail_url).update_query({**query, **order})


def _language(request: web.Request, payment: Payment) -> str:
    if (wanted := request.query.get("lang")) in pages.LANGUAGES:
        return str(wanted)
    # The window for cards from abroad is English.
    accepted = request.headers.get("Accept-Language", "").lower()
    return "en" if payment.overseas_only or accepted.startswith("en") else "ko"
