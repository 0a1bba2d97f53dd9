"""Toss Payments over HTTP: `python -m local.sandboxes.toss.server --port N --webhook URL`.

The keys are TOSS_SECRET_KEY (KRW) and TOSS_USD_SECRET_KEY. With --folder nothing is forgotten.
What Toss itself does: POST /sandbox/payments/{key}/cancel {cancelAmount?}, /sandbox/expire
{paymentKey?}, /sandbox/clock {minutes}. What goes wrong: POST /sandbox/faults. To look: GET
/sandbox/payments and /sandbox/webhooks; people see / and, of each payment, its checkout.url.
"""

import argparse
import asyncio
import json
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from local.sandboxes.toss import pages
from local.sandboxes.toss.api import Api
from local.sandboxes.toss.desk import Desk
from local.sandboxes.toss.errors import TossError
from local.sandboxes.toss.faults import Faults
from local.sandboxes.toss.state import State
from local.sandboxes.toss.wanted import Cancellation, Merchant, read
from local.sandboxes.toss.webhooks import Webhooks
from local.sandboxes.toss.window import Window, page

BODY_BYTES_MAX = 256 * 1024
TICK_SECONDS = 0.5
OFFICE_SHOWS = 50


class Sandbox:
    """The whole server, and what only a sandbox has."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def application(self) -> web.Application:
        """The routes."""
        app = web.Application(client_max_size=BODY_BYTES_MAX)
        app.add_routes(
            [
                *Api(self._desk).routes(),
                *Window(self._desk).routes(),
                web.get("/", self._office),
                web.post("/sandbox/faults", self._set_faults),
                web.get("/sandbox/payments", self._list_payments),
                web.get("/sandbox/webhooks", self._list_webhooks),
                web.post("/sandbox/payments/{key}/cancel", self._cancel),
                web.post("/sandbox/expire", self._expire),
                web.post("/sandbox/clock", self._move_clock),
            ]
        )
        app.cleanup_ctx.append(self._background)
        return app

    async def _office(self, _: web.Request) -> web.Response:
        newest = list(self._desk.state.payments.values())[: -OFFICE_SHOWS - 1 : -1]
        return page(pages.office(newest))

    async def _set_faults(self, request: web.Request) -> web.Response:
        try:
            self._desk.faults = Faults.model_validate_json(await request.read())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.json_response(self._desk.faults.model_dump(mode="json"))

    async def _list_payments(self, _: web.Request) -> web.Response:
        payments = self._desk.state.payments.values()
        return web.json_response([self._desk.shown(payment) for payment in payments])

    async def _list_webhooks(self, _: web.Request) -> web.Response:
        deliveries = self._desk.state.deliveries.values()
        return web.json_response([one.model_dump(mode="json") for one in deliveries])

    async def _cancel(self, request: web.Request) -> web.Response:
        """A cancellation that the shop did not ask for."""
        from_page = "json" not in request.content_type
        content = b"" if from_page else await request.read()
        reason = {"cancelReason": "Canceled by Toss Payments"}
        try:
            payment = self._desk.state.get(request.match_info["key"])
            wanted = read(Cancellation, json.dumps(reason | json.loads(content or b"{}")).encode())
            self._desk.state.cancel(payment, wanted)
        except TossError as error:
            return web.json_response(error.body(english=True), status=error.status)
        self._desk.keep()
        if from_page:
            raise web.HTTPSeeOther(f"{self._desk.origin}/")
        return web.json_response(self._desk.shown(payment))

    async def _expire(self, request: web.Request) -> web.Response:
        """The time of one open payment, or of all, is over."""
        content = json.loads(await request.read() or b"{}")
        state = self._desk.state
        chosen = [content["paymentKey"]] if "paymentKey" in content else list(state.payments)
        expired = state.expire(state.payments[key] for key in chosen if key in state.payments)
        self._desk.keep()
        return web.json_response({"expired": [payment.key for payment in expired]})

    async def _move_clock(self, request: web.Request) -> web.Response:
        minutes = json.loads(await request.read())["minutes"]
        self._desk.state.move_clock(timedelta(minutes=minutes))
        self._desk.state.expire_overdue()
        self._desk.keep()
        return web.json_response({"now": self._desk.state.now().isoformat()})

    async def _background(self, _: web.Application) -> AsyncIterator[None]:
        async with _running(self._tick()), _running(self._desk.webhooks.run()):
            yield

    async def _tick(self) -> None:
        while True:
            self._desk.state.expire_overdue()
            self._desk.keep()
            await asyncio.sleep(TICK_SECONDS)


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _merchants() -> list[Merchant]:
    merchants = [Merchant(mid="stylelicense", currency="KRW", key=os.environ["TOSS_SECRET_KEY"])]
    if usd := os.environ.get("TOSS_USD_SECRET_KEY"):
        merchants.append(Merchant(mid="stylelicenseus", currency="USD", key=usd))
    return merchants


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--origin", help="where people reach this server, if not at the port")
    parser.add_argument("--webhook", help="where payments' changes are told; nowhere without")
    parser.add_argument("--folder", type=Path, help="where everything is kept; nowhere without")
    parser.add_argument("--minute-seconds", type=float, default=60.0, help="between resends")
    options = parser.parse_args()

    async def application() -> web.Application:
        state = State(options.folder)
        desk = Desk(
            merchants=_merchants(),
            state=state,
            webhooks=Webhooks(
                url=options.webhook, minute_seconds=options.minute_seconds, state=state
            ),
            faults=Faults.model_validate_json(os.environ.get("TOSS_FAULTS", "{}")),
            origin=options.origin or f"http://127.0.0.1:{options.port}",
        )
        return Sandbox(desk).application()

    web.run_app(
        application(),
        host="127.0.0.1",
        port=options.port,
        print=None,
        access_log=None,
        shutdown_timeout=1,
    )


if __name__ == "__main__":
    main()
