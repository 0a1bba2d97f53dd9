"""A Toss that answers as a test tells it: right, wrong, not at all, before or after effect."""

import base64
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "test_sk_toss"
DROP = -1


@dataclass
class Say:
    """An answer in place of the true one: `status` DROP closes the connection without any."""

    status: int
    body: Any = None
    has_effect: bool = False
    delay_seconds: float = 0.0
    times: int = 10**6

    @classmethod
    def error(cls, status: int, code: str, **more: Any) -> "Say":
        return cls(status, {"code": code, "message": "as told"}, **more)


@dataclass
class Call:
    method: str
    path: str
    key: str | None
    body: dict[str, Any]


@dataclass
class FakeToss:
    url: str = ""
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    told: dict[str, Say] = field(default_factory=dict)
    remembered: dict[str, tuple[int, Any]] = field(default_factory=dict)
    charges: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        for kept in (self.payments, self.calls, self.told, self.remembered, self.charges):
            kept.clear()

    def made(self, kind: str) -> list[Call]:
        return [call for call in self.calls if kind_of(call.method, call.path) == kind]

    def authenticate(self, order_id: str) -> dict[str, str | int]:
        """The buyer has agreed on Toss's page; answers what their return page is given."""
        payment = self.payments[order_id]
        payment["status"] = "IN_PROGRESS"
        return {
            "payment_key": payment["paymentKey"],
            "order_id": order_id,
            "amount": payment["totalAmount"],
        }

    def cancel(self, order_id: str, amount: int | None = None) -> None:
        payment = self.payments[order_id]
        amount = payment["balanceAmount"] if amount is None else amount
        payment["balanceAmount"] -= amount
        payment["status"] = "PARTIAL_CANCELED" if payment["balanceAmount"] else "CANCELED"
        cancels = [*(payment["cancels"] or []), {"cancelAmount": amount}]
        payment["cancels"] = cancels

    def answer(self, call: Call, authorization: str) -> tuple[int, Any]:
        kind = kind_of(call.method, call.path)
        self.calls.append(call)
        say = self.told.get(kind)
        if say is None or say.times == 0:
            return self.tell_truth(kind, call, authorization)
        say.times -= 1
        if say.has_effect:
            self.tell_truth(kind, call, authorization)
        time.sleep(say.delay_seconds)
        return say.status, say.body(self) if callable(say.body) else say.body

    def tell_truth(self, kind: str, call: Call, authorization: str) -> tuple[int, Any]:
        expected = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
        if authorization != expected:
            return 401, {"code": "UNAUTHORIZED_KEY", "message": ""}
        if kind == "read":
            payment = self.payments.get(call.path.rsplit("/", 1)[-1])
            return (200, dict(payment)) if payment else (404, {"code": "NOT_FOUND_PAYMENT"})
        with self.lock:
            if call.key not in self.remembered:
                done = self._create(call.body) if kind == "create" else self._confirm(call.body)
                self.remembered[str(call.key)] = done
            return self.remembered[str(call.key)]

    def _create(self, body: dict[str, Any]) -> tuple[int, Any]:
        payment = {
            "mId": "tvivarepublica",
            "version": "2022-11-16",
            "paymentKey": f"tviva{secrets.token_hex(12)}",
            "status": "READY",
            "orderId": body["orderId"],
            "orderName": body["orderName"],
            "currency": body["currency"],
            "totalAmount": body["amount"],
            "balanceAmount": body["amount"],
            "cancels": None,
            "failure": None,
            "card": None,
            "somethingNew": {"deep": [1, 2]},
            "checkout": {"url": f"https://pay.example/{body['orderId']}"},
        }
        self.payments[body["orderId"]] = payment
        return 200, dict(payment)

    def _confirm(self, body: dict[str, Any]) -> tuple[int, Any]:
        payment = self.payments.get(body["orderId"])
        if payment is None or payment["paymentKey"] != body["paymentKey"]:
            return 404, {"code": "NOT_FOUND_PAYMENT"}
        if payment["status"] == "DONE":
            return 400, {"code": "ALREADY_PROCESSED_PAYMENT"}
        if payment["status"] != "IN_PROGRESS":
            return 404, {"code": "NOT_FOUND_PAYMENT_SESSION"}
        if payment["totalAmount"] != body["amount"]:
            return 400, {"code": "INVALID_REQUEST"}
        payment["status"] = "DONE"
        self.charges.append(body["orderId"])
        return 200, dict(payment)


def kind_of(method: str, path: str) -> str:
    if method == "GET":
        return "read"
    return "confirm" if path.endswith("/confirm") else "create"


def done(toss: FakeToss, **other: Any) -> dict[str, Any]:
    """The payment of the order that was last asked for, as charged."""
    return {**toss.payments[toss.calls[-1].body["orderId"]], "status": "DONE", **other}


@contextmanager
def serving() -> Iterator[FakeToss]:
    toss = FakeToss()

    class Handler(BaseHTTPRequestHandler):
        def respond(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            call = Call(self.command, self.path, self.headers.get("Idempotency-Key"), body)
            status, said = toss.answer(call, self.headers.get("Authorization", ""))
            if status == DROP:
                self.close_connection = True
                return
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            try:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                # It did not wait.
                self.close_connection = True

        do_GET = do_POST = respond  # noqa: N815 - so http.server calls them

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    toss.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield toss
    server.shutdown()
    server.server_close()
    thread.join()
