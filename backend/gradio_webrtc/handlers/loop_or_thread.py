"""Methods that what overrides them may be sync or async, and call by ``super()`` either way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

ON_LOOP = "_gradio_webrtc_on_loop"
"""The attribute by which ``invoke`` knows them: they are called on the event loop."""


def for_loop_and_threads(fn: Callable[P, T]) -> Callable[P, T]:
    """Mark a method that gives a coroutine on its session's event loop, and its result elsewhere.

    It ends with ``return here_or_there(coroutine, loop)``.
    """
    setattr(fn, ON_LOOP, True)
    return fn


def here_or_there(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> Any:
    """Return ``work`` on ``loop``; from another thread wait for it there and return its result."""
    if asyncio._get_running_loop() is loop:
        return work
    return asyncio.run_coroutine_threadsafe(work, loop).result()
