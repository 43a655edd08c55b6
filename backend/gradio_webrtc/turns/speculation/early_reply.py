"""A reply that is begun before it is known that anybody hears it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Any

from gradio_webrtc.handlers.emit_pace import REST_S
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.replies.running_reply import RunningReply

logger = logging.getLogger(__name__)

MOST_KEPT = 32
"""How many values without sound are kept."""


class EarlyReply(RunningReply):
    """Runs as far as its first sound, which is kept, and goes on once it is adopted.

    So code behind the first ``yield`` of sound runs only in replies that are heard. What it yields
    before that is kept too, and given in order. A function that yields no sound runs to its end,
    or until ``MOST_KEPT`` values are kept.

    Args:
        fn: as for ``RunningReply``, like all that follow.
        arguments: what it is called with.
        name: of the user's code.
        reply: what the code learns about itself.
        context: context variables the code runs with.
        adopted: called when it is adopted.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        arguments: Callable[[], Awaitable[Sequence[Any]]],
        name: str,
        reply: Reply,
        context: Context,
        adopted: Callable[[], None],
    ) -> None:
        super().__init__(fn, arguments, name, reply, context)
        self._on_adopted = adopted
        self._adopted = False
        self._kept: deque[Any] = deque()
        self._failure: Exception | None = None
        self._running_ahead = asyncio.ensure_future(self._run_ahead())

    def adopt(self) -> None:
        """The turn has ended: it is played like any reply."""
        self._adopted = True
        self.reply._adopt()
        self._on_adopted()

    def forget(self) -> None:
        """Nobody is to hear it. It has to be retired."""
        self.reply._end(interrupted=True)
        self._kept.clear()

    def close_soon(self) -> None:
        """Drop it; what it failed with, and nobody was told, is for the log."""
        super().close_soon()
        if self._failure is not None:
            logger.warning("A reply that was dropped failed", exc_info=self._failure)
            self._failure = None

    async def take(self) -> Any:
        """Wait for the next value: first those that were kept.

        Raises:
            StopAsyncIteration: as for ``RunningReply``.
            Exception: what the function raised.
        """
        while not self._kept and not self._running_ahead.done():
            await asyncio.wait({self._running_ahead})
        if self._kept:
            return self._kept.popleft()
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        return await super().take()

    async def _run_ahead(self) -> None:
        """Keep what comes up to the first sound, or until it is adopted."""
        while not self._adopted and len(self._kept) < MOST_KEPT:
            try:
                value = await super().take()
            except StopAsyncIteration:
                return
            except Exception as error:  # noqa: BLE001 - for whoever takes the next value
                self._failure = error
                return
            if value is None:
                await asyncio.sleep(REST_S)
                continue
            self._kept.append(value)
            if not isinstance(value, AdditionalOutputs):
                return

    async def _retire(self) -> None:
        await super()._retire()
        await asyncio.wait({self._running_ahead})
