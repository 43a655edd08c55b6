"""Where sync code runs that belongs to no session: on AnyIO's threads, as Gradio's own does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import ParamSpec, TypeVar

import anyio.to_thread

from gradio_webrtc.concurrency.thread_work import on_a_thread
from gradio_webrtc.concurrency.user_errors import guarded

P = ParamSpec("P")
T = TypeVar("T")


class PooledThreads:
    """A :class:`~gradio_webrtc.handlers.invoke.Threads`."""

    closing = False

    async def call(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return ``fn(*args, **kwargs)``."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        on_a_thread(done)
        try:
            return await anyio.to_thread.run_sync(partial(guarded(fn), *args, **kwargs))
        finally:
            done.cancel()

    def submit(
        self, context: Context, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Start a call in ``context``."""
        return asyncio.ensure_future(self.call(context.run, partial(fn, *args, **kwargs)))


POOLED = PooledThreads()
