"""The documented API for shops, under /v1."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from local.sandboxes.toss.desk import Desk
from local.sandboxes.toss.errors import ERRORS, TossError
from local.sandboxes.toss.faults import Call
from local.sandboxes.toss.payments import Payment
from local.sandboxes.toss.state import Answer
from local.sandboxes.toss.wanted import Cancellation, Confirmation, Creation, Merchant, read

IDEMPOTENCY_KEY_MAX = 300
# Of scripts in the browser.
PUBLIC_KEYS = ("test_ck_", "live_ck_", "test_gck_", "live_gck_")
INTERNAL = "FAILED_INTERNAL_SYSTEM_PROCESSING"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """One authorised request."""

    call: Call
    request: web.Request
    merchant: Merchant
    english: bool
    content: bytes


Work = Callable[[Asked], Payment]


class Api:
    """The calls; each answers a Payment or an error object."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._running: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        """For the application's router."""
        one = "/v1/payments/{key}"
        return [
            web.post("/v1/payments", self._serving("create", self._create)),
            web.post("/v1/payments/confirm", self._serving("confirm", self._confirm)),
            web.get("/v1/payments/orders/{order}", self._serving("read", self._by_order)),
            web.get(one, self._serving("read", self._by_key)),
            web.post(f"{one}/cancel", self._serving("cancel", self._cancel)),
            web.route("*", "/v1/{rest:.*}", self._nothing),
        ]

    def _serving(self, call: Call, work: Work) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            english = _is_english(request)
            try:
                merchant = self._merchant(request)
                content = await request.read()
                _reproduce(request, merchant)
                return await self._answer(Asked(call, request, merchant, english, content), work)
            except TossError as error:
                return web.json_response(error.body(english=english), status=error.status)

        return handle

    def _merchant(self, request: web.Request) -> Merchant:
        header = request.headers.get("Authorization")
        if not header:
            raise TossError("UNAUTHORIZED_KEY")
        scheme, _, encoded = header.partition(" ")
        try:
            decoded = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            decoded = ""
        key, colon, password = decoded.partition(":")
        if scheme.lower() != "basic" or not colon or password:
            raise TossError("INCORRECT_BASIC_AUTH_FORMAT")
        if key.startswith(PUBLIC_KEYS):
            raise TossError("INVALID_API_KEY")
        if key not in self._desk.merchants:
            raise TossError("UNAUTHORIZED_KEY")
        return self._desk.merchants[key]

    async def _answer(self, asked: Asked, work: Work) -> web.StreamResponse:
        key = _idempotency_key(asked)
        first = self._desk.state.find_answer(key) if key else None
        if first:
            return await self._send(asked, first.status, first.body)
        if key in self._running or self._desk.faults.happens("processing", asked.call):
            raise TossError("IDEMPOTENT_REQUEST_PROCESSING")
        self._running |= {key} if key else set()
        try:
            await self._before(asked)
            status, body = self._do(asked, work)
            answer = key and Answer(key=key, at=self._desk.state.now(), status=status, body=body)
            deliveries = self._desk.keep(answer or None)
            if deliveries and self._desk.faults.happens("webhook_first", asked.call):
                await self._desk.tell_first(deliveries)
        finally:
            self._running.discard(key or "")
        return await self._send(asked, status, body)

    def _do(self, asked: Asked, work: Work) -> tuple[int, dict[str, Any]]:
        try:
            return 200, self._desk.shown(work(asked), english=asked.english)
        except TossError as error:
            return error.status, error.body(english=asked.english)

    async def _before(self, asked: Asked) -> None:
        faults = self._desk.faults
        if faults.happens("hang_up", asked.call):
            _hang_up(asked.request)
        if faults.happens("server_error", asked.call):
            raise _ServerError(faults.server_error_status)
        if faults.happens("slow", asked.call):
            await asyncio.sleep(faults.slow_seconds)

    async def _send(self, asked: Asked, status: int, body: dict[str, Any]) -> web.StreamResponse:
        faults = self._desk.faults
        if faults.happens("time_out", asked.call):
            await asyncio.sleep(faults.time_out_seconds)
        if faults.happens("drop_answer", asked.call):
            _hang_up(asked.request)
        if faults.happens("error_after", asked.call):
            raise _ServerError(500)
        if status == 200 and asked.call in {"read", "confirm"}:
            body = faults.lie(body, asked.call)
        return web.json_response(body, status=status)

    def _create(self, asked: Asked) -> Payment:
        return self._desk.state.create(asked.merchant, read(Creation, asked.content))

    def _confirm(self, asked: Asked) -> Payment:
        wanted = read(Confirmation, asked.content)
        refused = self._desk.faults.happens("refuse_confirm")
        refusal = self._desk.faults.refuse_code if refused else None
        return self._desk.state.confirm(asked.merchant, wanted, refusal=refusal)

    def _by_key(self, asked: Asked) -> Payment:
        return self._desk.state.get(asked.request.match_info["key"], asked.merchant)

    def _by_order(self, asked: Asked) -> Payment:
        return self._desk.state.get_by_order(asked.request.match_info["order"], asked.merchant)

    def _cancel(self, asked: Asked) -> Payment:
        payment = self._by_key(asked)
        return self._desk.state.cancel(payment, read(Cancellation, asked.content))

    async def _nothing(self, request: web.Request) -> web.StreamResponse:
        error = TossError("NOT_FOUND")
        return web.json_response(error.body(english=_is_english(request)), status=error.status)


class _ServerError(TossError):
    """A failure inside Toss, which says nothing of the payment."""

    def __init__(self, status: int) -> None:
        super().__init__(INTERNAL)
        self._status = status

    @property
    def status(self) -> int:
        """As was asked for."""
        return self._status


class _HungUp(web.HTTPException):
    """The connection is gone; nobody sees this answer."""

    status_code = 500


def _hang_up(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
    raise _HungUp


def _is_english(request: web.Request) -> bool:
    return request.headers.get("Accept-Language", "").lower().startswith("en")


def _reproduce(request: web.Request, merchant: Merchant) -> None:
    code = request.headers.get("TossPayments-Test-Code")
    if code and merchant.is_test:
        raise TossError(code) if code in ERRORS else TossError("INVALID_REQUEST", "unknown code")


def _idempotency_key(asked: Asked) -> str | None:
    """Together with what else makes requests the same; reads need none."""
    given = asked.request.headers.get("Idempotency-Key")
    if asked.call == "read" or not given:
        return None
    if len(given) > IDEMPOTENCY_KEY_MAX:
        raise TossError("INVALID_IDEMPOTENCY_KEY")
    return f"{asked.merchant.mid} {asked.request.method} {asked.request.path} {given}"
