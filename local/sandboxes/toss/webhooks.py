"""PAYMENT_STATUS_CHANGED, unsigned, sent until the shop answers 200 or Toss gives up."""

import asyncio
import secrets
import time
from collections.abc import Iterable
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from local.sandboxes.toss.faults import Faults
from local.sandboxes.toss.payments import stamp
from local.sandboxes.toss.state import Delivery, State

RESENDS_MAX = 7
ANSWER_SECONDS = 10.0


class Webhooks:
    """Plans what is sent, then sends it; without an address nothing is."""

    def __init__(self, *, url: str | None, minute_seconds: float, state: State) -> None:
        self._url = url
        self._minute_seconds = minute_seconds
        self._state = state
        self._to_send: asyncio.Queue[Delivery] = asyncio.Queue()

    def plan(self, shown: dict[str, Any], faults: Faults) -> list[Delivery]:
        """What follows from a payment's new state; to be kept before it is sent."""
        if not self._url:
            return []
        body = {
            "eventType": "PAYMENT_STATUS_CHANGED",
            "createdAt": self._state.now().replace(tzinfo=None).isoformat(timespec="microseconds"),
            "data": shown,
        }
        status = "lost" if faults.happens("lose_webhook") else "waiting"
        wait = faults.late_seconds if faults.happens("late_webhook") else 0
        return [
            Delivery(id=_transmission_id(), body=body, due=time.time() + wait, status=status)
            for _ in range(2 if faults.happens("duplicate_webhook") else 1)
        ]

    def send(self, deliveries: Iterable[Delivery]) -> None:
        """Begin with what was planned."""
        for delivery in deliveries:
            self._to_send.put_nowait(delivery)

    async def run(self) -> None:
        """Until cancelled; takes up what an earlier process left."""
        self.send(one for one in self._state.deliveries.values() if one.status == "waiting")
        timeout = ClientTimeout(total=ANSWER_SECONDS)
        async with ClientSession(timeout=timeout) as session, asyncio.TaskGroup() as posts:
            while True:
                delivery = await self._to_send.get()
                if delivery.status == "waiting":
                    posts.create_task(self._deliver(session, delivery))

    async def _deliver(self, session: ClientSession, delivery: Delivery) -> None:
        while delivery.status == "waiting":
            await asyncio.sleep(max(0, delivery.due - time.time()))
            if await self._post(session, delivery):
                delivery.status = "delivered"
            elif delivery.retried == RESENDS_MAX:
                delivery.status = "given up"
            else:
                # After 1, 4, 16 … 4096 minutes.
                delivery.due = time.time() + self._minute_seconds * 4**delivery.retried
                delivery.retried += 1
            self._state.commit(deliveries=[delivery])

    async def _post(self, session: ClientSession, delivery: Delivery) -> bool:
        headers = {
            "tosspayments-webhook-transmission-id": delivery.id,
            "tosspayments-webhook-transmission-time": stamp(self._state.now()) or "",
            "tosspayments-webhook-transmission-retried-count": str(delivery.retried),
        }
        try:
            async with session.post(
                self._url or "", json=delivery.body, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status == 200
        except (ClientError, TimeoutError, OSError):
            return False


async def first_attempts(state: State, ids: Iterable[str]) -> None:
    """Wait until each was answered, or not, once."""
    waiting = list(ids)

    def untried(delivery: Delivery) -> bool:
        return delivery.status == "waiting" and not delivery.retried

    async with asyncio.timeout(ANSWER_SECONDS):
        while any(untried(state.deliveries[one]) for one in waiting):
            await asyncio.sleep(0.01)


def _transmission_id() -> str:
    return f"whtrans_{secrets.token_hex(13)}"
