"""What every handler shares: state, faults, webhooks, and where people reach this server."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from local.sandboxes.toss.faults import Faults
from local.sandboxes.toss.payments import Payment
from local.sandboxes.toss.state import Answer, Delivery, State
from local.sandboxes.toss.wanted import Merchant
from local.sandboxes.toss.webhooks import Webhooks, first_attempts


class Desk:
    """Keeps a change, its answer and its webhooks together."""

    def __init__(
        self,
        *,
        merchants: Iterable[Merchant],
        state: State,
        webhooks: Webhooks,
        faults: Faults,
        origin: str,
    ) -> None:
        self.merchants = {merchant.key: merchant for merchant in merchants}
        self.state = state
        self.webhooks = webhooks
        self.faults = faults
        self.origin = origin

    def shown(self, payment: Payment, *, english: bool = False) -> dict[str, Any]:
        """The Payment object."""
        return payment.shown(origin=self.origin, english=english)

    def keep(self, answer: Answer | None = None) -> list[Delivery]:
        """Write the changes of this request in one go, then let webhooks tell of them.

        Nothing may be awaited between a change and this.
        """
        deliveries = [
            delivery
            for payment in self.state.take_news()
            for delivery in self.webhooks.plan(self.shown(payment), self.faults)
        ]
        self.state.commit(answer=answer, deliveries=deliveries)
        self.webhooks.send(deliveries)
        return deliveries

    async def tell_first(self, deliveries: Iterable[Delivery]) -> None:
        """Hold on until the shop has heard of it."""
        with suppress(TimeoutError):
            await first_attempts(self.state, [one.id for one in deliveries])
