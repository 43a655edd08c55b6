"""How long the event loop kept others waiting."""

from __future__ import annotations

import asyncio
from types import TracebackType

INTERVAL = 0.01


class LoopLag:
    """``async with LoopLag() as lag``: ``lag.worst`` is the longest wait in seconds so far."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> LoopLag:
        self._task = asyncio.get_running_loop().create_task(self._watch())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(INTERVAL)
            self.worst = max(self.worst, loop.time() - before - INTERVAL)
