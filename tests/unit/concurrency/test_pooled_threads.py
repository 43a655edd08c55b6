"""Sync code of no session runs on a pooled thread, and what it raises is an error of its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.errors import HandlerError

WHO = contextvars.ContextVar("WHO", default="nobody")


async def test_it_runs_beside_the_event_loop_with_what_it_is_given() -> None:
    def add(one: int, other: int) -> tuple[int, threading.Thread]:
        return one + other, threading.current_thread()

    total, thread = await POOLED.call(add, 1, 2)
    assert total == 3
    assert thread is not threading.current_thread()


async def test_it_sees_the_callers_context() -> None:
    WHO.set("caller")
    assert await POOLED.call(WHO.get) == "caller"


async def test_what_is_submitted_runs_in_the_context_it_is_given() -> None:
    context = contextvars.copy_context()
    context.run(WHO.set, "somebody")
    running = POOLED.submit(context, WHO.get)
    assert isinstance(running, asyncio.Future)
    assert await running == "somebody"
    assert WHO.get() == "nobody"


async def test_what_it_raises_comes_out() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await POOLED.call(int, "seven")
    with pytest.raises(ValueError, match="invalid literal"):
        await POOLED.submit(contextvars.copy_context(), int, "seven")


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, asyncio.CancelledError])
async def test_what_would_end_the_loop_or_the_task_is_its_error(kind: type[BaseException]) -> None:
    def leave() -> None:
        raise kind

    with pytest.raises(HandlerError, match=f"leave raised {kind.__name__}"):
        await POOLED.call(leave)


async def test_it_is_never_closed() -> None:
    assert POOLED.closing is False
