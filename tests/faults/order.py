"""Acts alone and at once, and the order in which they can have happened."""

import copy
import itertools
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from chalicelib.errors import ApiError
from tests.faults.acts import Act
from tests.faults.model import Model


def answer_of(act: Act) -> Any:
    """What it answers, or the code of its refusal."""
    try:
        return act.do()
    except ApiError as error:
        return error.code


def at_once(acts: Sequence[Act]) -> list[Any]:
    """Each in its own thread, begun together."""
    start = threading.Barrier(len(acts))

    def run(act: Act) -> Any:
        start.wait(10)
        return answer_of(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def find_orders(model: Model, done: Sequence[tuple[Act, Any]]) -> Iterator[Model]:
    """The model after the acts in each order in which they could have answered so."""
    for order in itertools.permutations(done):
        after = copy.deepcopy(model)
        if all(act.fits(after, answer) for act, answer in order):
            yield after
