"""Prompts of one style that wait for the GPU are made together."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

from gpu_handlers.common.device import device
from gpu_handlers.common.settings import settings

Asked = TypeVar("Asked")
Made = TypeVar("Made")
# A card is filled better by a few; two cores take as long for two as for one after the other.
TOGETHER_ON_GPU, TOGETHER_ON_CPU = 4, 1


def together_max() -> int:
    """How many prompts are made at once at most."""
    default = TOGETHER_ON_GPU if device().type == "cuda" else TOGETHER_ON_CPU
    return settings().generation_batch or default


class Batches(Generic[Asked, Made]):
    """One line before one GPU. Who comes first when it is free takes along those who fit.

    `make` answers a result or an exception for each, in order.
    """

    def __init__(self, make: Callable[[list[Asked]], list[Made | BaseException]]) -> None:
        self._make = make
        self._gpu = threading.Lock()
        self._line: list[tuple[Hashable, Asked, Future[Made]]] = []
        self._changing = threading.Lock()

    def take(self, kind: Hashable, asked: Asked) -> Made:
        """Wait for the GPU and for the result; only those of one kind go together.

        Raises what `make` answered or raised.
        """
        mine: Future[Made] = Future()
        with self._changing:
            self._line.append((kind, asked, mine))
        with self._gpu:
            if not mine.done():
                self._go(kind, mine)
        return mine.result()

    def _go(self, kind: Hashable, first: Future[Made]) -> None:
        with self._changing:
            own = [one for one in self._line if one[2] is first]
            others = [one for one in self._line if one[0] == kind and one[2] is not first]
            batch = [*own, *others[: together_max() - 1]]
            self._line = [one for one in self._line if one not in batch]
        try:
            made = self._make([asked for _, asked, _ in batch])
        except BaseException as error:
            made = [error] * len(batch)
        for (_, _, waiting), one in zip(batch, made, strict=True):
            if isinstance(one, BaseException):
                waiting.set_exception(one)
            else:
                waiting.set_result(one)
