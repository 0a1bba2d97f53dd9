"""Buyers who want things and do not give up: they repeat a request until it is answered."""

import random
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from local.demo.person import Person

PAUSE_SECONDS = 0.4
PATIENCE_SECONDS = 12.0
PACKAGE = "basic_100"


@dataclass
class Wishes:
    """What was asked for, and what the platform answered: its promises."""

    images: dict[str, str | None] = field(default_factory=dict)
    orders: dict[str, str | None] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    refused: int = 0


class Buyer(Person):
    """Signed in; wants images and tokens until told to stop."""

    def __init__(self, url: str, login: str, *, seed: str) -> None:
        super().__init__(url, login, say=lambda _: None)
        self.wishes = Wishes()
        self._dice = random.Random(seed)
        self._own: list[str] = []

    def live(self, style_id: str, over: threading.Event) -> None:
        """Until it is over."""
        while not over.is_set():
            choice = self._dice.random()
            if choice < 0.6:
                self._want_image(style_id, over)
            elif choice < 0.85:
                self._want_tokens(over)
            elif self._own and choice < 0.95:
                self._ask("POST", f"/api/generations/{self._dice.choice(self._own)}/cancel", over)
            else:
                self._ask("GET", "/api/tokens/balance", over)
            over.wait(self._dice.uniform(0, 0.6))

    def _want_image(self, style_id: str, over: threading.Event) -> None:
        wish = f"wish{secrets.token_hex(6)}"
        self.wishes.images[wish] = None
        body = {"style_id": style_id, "prompt_tags": [wish], "aspect_ratio": "1:1"}
        made = self._ask("POST", "/api/generations", over, body, key=wish)
        if made:
            self.wishes.images[wish] = made["id"]
            self._own.append(made["id"])

    def _want_tokens(self, over: threading.Event) -> None:
        wish = f"wish{secrets.token_hex(6)}"
        self.wishes.orders[wish] = None
        bought = self._ask("POST", "/api/tokens/purchase", over, {"package_id": PACKAGE}, key=wish)
        if not bought:
            return
        self.wishes.orders[wish] = bought["order_id"]
        if self._dice.random() < 0.1:
            return
        back = self._pay(bought["payment_url"])
        # Some close the window before they are back.
        if back and self._dice.random() < 0.8:
            paid = self._ask("POST", "/api/tokens/purchase/confirm", over, back)
            if paid and paid["status"] == "paid":
                self.wishes.paid.add(paid["order_id"])

    def _pay(self, page: str) -> dict[str, Any] | None:
        """On Toss's page; answers what the shop's return page is called with."""
        form = {"action": "pay", "card": "overseas"}
        try:
            answer = self._browser.post(page, data=form, timeout=10, allow_redirects=False)
            query = urlsplit(answer.headers["Location"]).query
        except (requests.RequestException, KeyError):
            return None
        given = dict(parse_qsl(query))
        if "paymentKey" not in given:
            return None
        return {
            "payment_key": given["paymentKey"],
            "order_id": given["orderId"],
            "amount": int(given["amount"]),
        }

    def _ask(
        self,
        method: str,
        path: str,
        over: threading.Event,
        body: dict[str, Any] | None = None,
        *,
        key: str = "",
    ) -> Any:
        """The answer's `data`; None when it was refused, or nobody answered for too long."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            status, answer = self._try(method, path, body, key)
            if status < 300:
                return answer["data"]
            if 400 <= status < 500 and status not in {401, 409, 429}:
                self.wishes.refused += 1
                return None
            if over.wait(PAUSE_SECONDS):
                return None
        return None

    def _try(
        self, method: str, path: str, body: dict[str, Any] | None, key: str
    ) -> tuple[int, dict[str, Any]]:
        headers = {"X-CSRFToken": self._browser.cookies.get("csrftoken") or ""}
        if key:
            headers["Idempotency-Key"] = key
        try:
            answer = self._browser.request(
                method, f"{self.url}{path}", json=body, headers=headers, timeout=15
            )
            return answer.status_code, answer.json()
        except (requests.RequestException, ValueError):
            return 599, {}
