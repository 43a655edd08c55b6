"""Where sync code runs that belongs to no session: on AnyIO's threads, as Gradio's own does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import Any

import anyio.to_thread

from gradio_webrtc.concurrency.user_errors import guarded


class PooledThreads:
    """A :class:`~gradio_webrtc.handlers.invoke.Threads`."""

    closing = False

    async def call(self, fn: Callable[..., Any], *args: Any) -> Any:
        """Return ``fn(*args)``."""
        return await anyio.to_thread.run_sync(guarded(fn), *args)

    def submit(self, context: Context, fn: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Start ``fn(*args)`` in ``context``."""
        return asyncio.ensure_future(self.call(context.run, fn, *args))


POOLED = PooledThreads()
