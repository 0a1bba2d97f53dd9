"""Progress from one ordered sender of its own, so that the loop never waits for the network."""

import threading
import time
from types import TracebackType
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from gpu_handlers.common.backend import Backend
from gpu_handlers.common.failures import JobError, Superseded


class ProgressSender:
    """Sends the latest progress, at most once in `every_seconds`, again after `again_seconds`.

    When the API says that the attempt is superseded, `stop` is set. Leaving the context sends
    nothing more: a late report must not follow the completion.
    """

    def __init__(
        self,
        backend: Backend,
        subject_id: UUID,
        *,
        stop: threading.Event,
        every_seconds: float,
        again_seconds: float = 20,
    ) -> None:
        self._backend, self._subject_id, self._stop = backend, subject_id, stop
        self._every, self._again = every_seconds, again_seconds
        self._latest: BaseModel | None = None
        self._changed = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._changed.set()
        self._thread.join()

    def show(self, progress: BaseModel) -> None:
        """Replace what will be sent next."""
        self._latest = progress
        self._changed.set()

    def _run(self) -> None:
        while not self._closing.is_set():
            self._changed.wait(self._again)
            self._changed.clear()
            if self._latest is None or self._closing.is_set():
                continue
            try:
                self._backend.report_progress(self._subject_id, self._latest)
            except Superseded:
                self._stop.set()
                return
            except JobError:
                # The next report says more; only completion must arrive.
                pass
            self._closing.wait(self._every)


class Clock:
    """Estimates what is left from the pace so far."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began

    def left(self, done: float) -> int | None:
        """Seconds left when `done` of 1 is finished; None before there is a pace."""
        if done < 0.02:
            return None
        return max(1, round(self.seconds * (1 - done) / done))
