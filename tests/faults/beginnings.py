"""What random steps seldom come to, and much can happen after: a history begins with one."""

from collections.abc import Callable

from chalicelib.contracts.failures import FailureCode
from tests.faults import platform
from tests.faults.acts import Ask, Cancel, Leave, Pay
from tests.faults.workers import Begin, Fail
from tests.faults.world import World


def at_work(world: World) -> None:
    world.deliver(platform.messages(), [])
    for run in list(world.runs):
        world.perform(Begin(run))


def failed(world: World) -> None:
    at_work(world)
    for run in list(world.runs):
        world.perform(Fail(run, FailureCode.CUDA_OOM))


def tried_again(world: World) -> None:
    failed(world)
    world.deliver(platform.messages(), [])


def spent(world: World) -> None:
    """Bought tokens are in holds, and promotional ones have come back."""
    image = next(iter(world.model.images.values()))
    purchase = next(iter(world.model.purchases.values()))
    world.perform(Pay(purchase.id, "DONE"))
    for style in [*world.model.styles.values()] * 2:
        world.perform(Ask(purchase.buyer_id, style.id))
    world.perform(Cancel(image.buyer_id, image.id))


def left(world: World) -> None:
    image = next(iter(world.model.images.values()))
    world.perform(Cancel(image.buyer_id, image.id))
    world.perform(Leave(image.buyer_id))


BEGINNINGS: dict[str, Callable[[World], None]] = {
    "nothing else": lambda _: None,
    "at work": at_work,
    "failed": failed,
    "tried again": tried_again,
    "spent": spent,
    "left": left,
}
