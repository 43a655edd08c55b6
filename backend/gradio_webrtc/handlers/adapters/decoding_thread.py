"""The thread on which encoded media is decoded, one piece each time it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextvars import copy_context

from gradio_webrtc.concurrency.waiting import note_failure
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.media.decoding.container import Item


class DecodingThread:
    """Steps one decoder after the other; nobody waits for one that is stuck.

    Args:
        name: of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._worker = Worker(name)
        self._step: asyncio.Future[Item | None] | None = None
        self._retiring: set[asyncio.Task[None]] = set()

    async def next(self, items: Iterator[Item]) -> Item | None:
        """Return the next piece; ``None`` when there is none, or ``items`` were dropped.

        Raises:
            Exception: what the decoder raised.
        """
        self._step = self._worker.submit(copy_context(), next, items, None)
        try:
            return await self._step
        finally:
            self._step = None

    def drop(self, items: Iterator[Item] | None) -> None:
        """Let go of ``items``: a waiting ``next`` ends, and they are closed where they run."""
        if self._step is not None and not self._step.done():
            self._step.set_result(None)
        close = getattr(items, "close", None)
        if close is not None and not self._worker.closing:
            self._worker.submit(copy_context(), close).add_done_callback(note_failure)

    def replace(self) -> None:
        """Take a new thread: this one may be busy still, which must hold up nothing."""
        retiring = asyncio.ensure_future(self._worker.aclose())
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)
        self._worker = Worker(self._name)

    async def aclose(self) -> None:
        """End this thread and those before it. Idempotent."""
        await asyncio.gather(self._worker.aclose(), *self._retiring)
