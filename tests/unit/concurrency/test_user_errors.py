"""Whose cancellation it was, on every version of Python: that of 3.11 and that of 3.10."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gradio_webrtc.concurrency.user_errors import (
    SessionEndedWhileWaiting,
    await_in_task,
    await_user_code,
    name_of,
)
from gradio_webrtc.errors import HandlerError

pytestmark = pytest.mark.asyncio

Way = Callable[[Awaitable[Any], str], Awaitable[Any]]


@pytest.fixture(params=[await_user_code, await_in_task])
def way(request: pytest.FixtureRequest) -> Way:
    chosen: Way = request.param
    return chosen


async def for_ever() -> None:
    await asyncio.Event().wait()


async def cancelled_task() -> None:
    task = asyncio.ensure_future(for_ever())
    await asyncio.sleep(0)
    task.cancel()
    await task


async def test_a_value_and_an_error_come_through(way: Way) -> None:
    async def broken() -> None:
        raise KeyError("mine")

    assert await way(asyncio.sleep(0, "value"), "Me.emit") == "value"
    with pytest.raises(KeyError, match="mine"):
        await way(broken(), "Me.emit")


async def test_its_own_cancellation_is_its_error(way: Way) -> None:
    with pytest.raises(HandlerError, match=r"Me\.emit raised CancelledError"):
        await way(cancelled_task(), "Me.emit")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit, StopAsyncIteration])
async def test_what_would_end_the_loop_is_its_error(way: Way, kind: type[BaseException]) -> None:
    async def fail() -> None:
        await asyncio.sleep(0)
        raise kind

    with pytest.raises(HandlerError, match=f"Me.emit raised {kind.__name__}") as caught:
        await way(fail(), "Me.emit")
    assert isinstance(caught.value.__cause__, kind)


@pytest.mark.parametrize("swallows", [False, True])
async def test_the_callers_cancellation_is_none(way: Way, swallows: bool) -> None:
    ended = False

    async def wait() -> None:
        nonlocal ended
        try:
            await for_ever()
        except asyncio.CancelledError:
            ended = True
            if not swallows:
                raise

    task = asyncio.ensure_future(way(wait(), "Me.emit"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task})
    assert ended
    # The first way leaves it to whoever calls it again, which no loop of ours then does.
    assert task.cancelled() or (swallows and way is await_user_code)


async def test_the_end_of_the_session_is_none(way: Way) -> None:
    async def wait() -> None:
        raise SessionEndedWhileWaiting

    with pytest.raises(SessionEndedWhileWaiting):
        await way(wait(), "Me.emit")


async def test_a_coroutine_that_is_let_go_of_raises_nothing() -> None:
    """As the garbage collector does with what a closed event loop leaves: outside of its task."""
    coroutine = await_user_code(for_ever(), "Me.emit")
    coroutine.send(None)
    closed = asyncio.get_running_loop().create_future()

    def let_go() -> None:
        try:
            coroutine.close()
        except BaseException as error:  # noqa: BLE001 - whatever it is
            closed.set_exception(error)
        else:
            closed.set_result(None)

    asyncio.get_running_loop().call_soon(let_go)
    await closed


async def test_names() -> None:
    class Handler:
        def emit(self) -> None: ...

    assert name_of(Handler().emit) == "Handler.emit"
    assert name_of(for_ever) == "for_ever"
    assert name_of("as it is") == "as it is"
