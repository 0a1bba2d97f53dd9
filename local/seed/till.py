"""Tokens, bought as people buy them: on Toss's payment page and back."""

import time
from collections import Counter
from urllib.parse import parse_qs, urlsplit

from local.demo.person import DemoFailed
from local.seed.crowd import Crowd, Resident, Say, pages

TOKENS = {"basic_100": 100, "standard_500": 500, "premium_1000": 1000}
CONFIRM_SECONDS_MAX, CONFIRM_POLL_SECONDS = 60, 2.5


class Till:
    """The buyers' purchases."""

    def __init__(self, crowd: Crowd, say: Say) -> None:
        self._crowd, self._say = crowd, say
        self._done: set[str] = set()

    def advance(self) -> bool:
        """Buy what is missing; says whether everybody has bought what they should."""
        for login, member in self._crowd.plan.members.items():
            if member.packages and login not in self._done:
                buyer = self._crowd.find(login)
                if buyer is None:
                    return False
                self._buy_missing(buyer)
                self._done.add(login)
        return True

    def _buy_missing(self, buyer: Resident) -> None:
        moved = pages(buyer.person, "/api/tokens/transactions", type="purchase")
        bought = Counter(row["amount"] for row in moved if row["status"] == "completed")
        for package in buyer.member.packages:
            if bought[TOKENS[package]]:
                bought[TOKENS[package]] -= 1
                continue
            buy(buyer, package)
            self._crowd.tally.count("purchases")
            self._say(f"{buyer.member.username} bought {TOKENS[package]} tokens")


def buy(buyer: Resident, package: str) -> None:
    """One package, paid by card in the Toss sandbox. Raises DemoFailed."""
    person = buyer.person
    purchase = person.post("/api/tokens/purchase", {"package_id": package})
    came_back = person.send_form(purchase["payment_url"], {"action": "pay"})
    told = {name: values[0] for name, values in parse_qs(urlsplit(came_back).query).items()}
    if "paymentKey" not in told:
        raise DemoFailed(f"Toss sent {person.login} to {came_back.split('?')[0]}")
    payment = {
        "payment_key": told["paymentKey"],
        "order_id": told["orderId"],
        "amount": int(told["amount"]),
    }
    paid = person.post("/api/tokens/purchase/confirm", payment)
    deadline = time.monotonic() + CONFIRM_SECONDS_MAX
    while paid["status"] == "confirming" and time.monotonic() < deadline:
        time.sleep(CONFIRM_POLL_SECONDS)
        paid = person.get(f"/api/tokens/purchases/{purchase['id']}")
    if paid["status"] != "paid":
        raise DemoFailed(f"{person.login}'s payment came out as {paid['status']}")
