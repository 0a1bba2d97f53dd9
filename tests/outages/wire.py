"""A TCP proxy between two parts, which can be slow, or cut in the middle of anything."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress

from local.ports import free_port

CHUNK = 65_536


class Wire:
    """From a port of its own to another's, in a thread of its own."""

    def __init__(self, name: str, *, target: int) -> None:
        self.name = name
        self.port = free_port()
        self.delay_seconds = 0.0
        self.is_cut = False
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._await(self._listen())

    def cut(self) -> None:
        """Every connection ends at once, and there is none until `mend`."""
        self.is_cut = True
        self._await(self._drop())

    def mend(self) -> None:
        self.is_cut, self.delay_seconds = False, 0.0

    def close(self) -> None:
        self.cut()
        if self._server:
            self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _await(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _drop(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            self._open.discard(writer)
            return
        self._open.add(back)
        await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._open -= {writer, back}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK):
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds)
                writer.write(chunk)
                await writer.drain()
        with suppress(OSError):
            writer.close()
