"""One reply while it runs: the user's function called, stepped, and closed where it runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextvars import Context
from typing import Any

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import CLOSE_S, Steps, call, iterate
from gradio_webrtc.turns.replies.current_reply import Reply

logger = logging.getLogger(__name__)


class RunningReply:
    """Calls ``fn`` at once, and gives what it yields, or what it returns if it is no generator.

    Every reply has a thread of its own, so that one that is dropped while it computes does not
    hold up the next one.

    Args:
        fn: the user's function: sync or async, a generator or not.
        arguments: what it is called with; awaited first.
        name: of the user's code, for the thread.
        reply: what the code learns about itself.
        context: context variables the code runs with.

    Attributes:
        ended: whether it has given everything; set by the owner.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        arguments: Callable[[], Awaitable[Sequence[Any]]],
        name: str,
        reply: Reply,
        context: Context,
    ) -> None:
        self.reply = reply
        self.ended = False
        self._fn = fn
        self._arguments = arguments
        self._worker = Worker(name)
        self._steps: Steps | None = None
        self._single: Any = None
        self._closed = False
        self._told = False
        self._retiring: asyncio.Task[None] | None = None
        self._dropped: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        # A task copies the variables of where it is made.
        self._opening = reply._context(context).run(asyncio.ensure_future, self._open())

    async def take(self) -> Any:
        """Wait for the next value.

        Raises:
            StopAsyncIteration: there is none: the function is done, or the reply was closed.
            Exception: what the function raised.
        """
        if not self._opening.done():
            await asyncio.wait({self._opening, self._dropped}, return_when=asyncio.FIRST_COMPLETED)
        if self._closed:
            raise StopAsyncIteration
        self._told = True  # what it raises is the owner's from here on
        if (failure := failure_of(self._opening, self._fn)) is not None:
            raise failure
        if self._steps is not None:
            return await self._step(self._steps)
        value, self._single = self._single, None
        if value is None:
            raise StopAsyncIteration
        return value

    def close_soon(self) -> None:
        """Drop the reply: a waiting ``take`` ends, and what the function still makes is dropped.

        A generator is closed where it runs, as soon as the step it is in lets it. Idempotent.
        """
        if self._closed:
            return
        self._closed = True
        self._opening.cancel()
        if self._steps is not None:
            self._steps.close_soon()
        if not self._dropped.done():
            self._dropped.set_result(None)

    def retire(self) -> asyncio.Task[None]:
        """``close_soon``, and return the task that ends the thread once the code has returned.

        Code that is stuck is not forced: it may hold what other connections share.
        """
        self.close_soon()
        if self._retiring is None:
            self._retiring = asyncio.ensure_future(self._retire())
        return self._retiring

    async def aclose(self) -> None:
        """Close everything, freeing the thread from code that does not return. Idempotent."""
        retiring = self.retire()
        await asyncio.sleep(0)
        await self._worker.aclose()
        await asyncio.wait({retiring}, timeout=CLOSE_S)
        await cancel_and_wait(retiring)

    async def _open(self) -> None:
        args = await self._arguments()
        result = await call(self._fn, *args, worker=self._worker)
        if self._closed:
            return  # async code that swallowed its cancellation
        if isinstance(result, Iterator | AsyncIterator):
            self._steps = iterate(result, self._worker)
        else:
            self._single = result

    async def _step(self, steps: Steps) -> Any:
        try:
            return await steps.__anext__()
        except Exception as error:
            if not self._closed or isinstance(error, StopAsyncIteration):
                raise
            logger.warning("A reply that was dropped failed", exc_info=error)
            raise StopAsyncIteration from None

    async def _retire(self) -> None:
        # What either raises belongs to a reply nobody waits for; the steps log it themselves.
        (opened,) = await asyncio.gather(self._opening, return_exceptions=True)
        if isinstance(opened, Exception) and not self._told:
            logger.warning("A reply that was dropped failed", exc_info=opened)
        if self._steps is not None:
            await asyncio.gather(self._steps.aclose(), return_exceptions=True)
        # What the function still computes may take its time, and is not to be interrupted.
        if self._worker.started and not self._worker.closing:
            await asyncio.gather(self._worker.call(_nothing), return_exceptions=True)
        await self._worker.aclose()


def _nothing() -> None:
    """Run behind what the thread still does."""
