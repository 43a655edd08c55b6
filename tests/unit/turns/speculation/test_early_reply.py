"""A reply that runs as far as its first sound, and goes on when it is adopted."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import copy_context
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, CloseStream, Reply
from gradio_webrtc.turns.speculation.early_reply import MOST_KEPT, EarlyReply
from tests.support.sessions import until

SOUND = (48_000, np.ones((1, 480), np.int16))


class Played:
    """How much was played, as the test says."""

    seconds = 5.0


def begin(fn: Callable[..., Any], adopted: list[str] | None = None) -> EarlyReply:
    async def arguments() -> list[Any]:
        return [1]

    told = [] if adopted is None else adopted
    reply = Reply(lambda: Played.seconds, speculative=True)
    return EarlyReply(fn, arguments, "reply", reply, copy_context(), lambda: told.append("adopted"))


async def rest(reply: EarlyReply) -> list[Any]:
    """Take what is left."""
    values = []
    while True:
        try:
            values.append(await reply.take())
        except StopAsyncIteration:
            return values


async def test_a_generator_waits_at_its_first_sound() -> None:
    did: list[str] = []

    def fn(audio: Any) -> Iterator[Any]:
        did.append("began")
        yield AdditionalOutputs(1)
        yield AdditionalOutputs(2)
        did.append("speaks")
        yield SOUND
        did.append("spoke")
        yield AdditionalOutputs(3)

    adopted: list[str] = []
    reply = begin(fn, adopted)
    await until(lambda: reply._running_ahead.done())
    assert did == ["began", "speaks"]
    assert reply.reply.speculative
    assert adopted == []
    reply.adopt()
    assert not reply.reply.speculative
    assert adopted == ["adopted"]
    values = await rest(reply)
    assert [value.args for value in values[:2]] == [(1,), (2,)]
    assert values[2] is SOUND
    assert values[3].args == (3,)
    assert did[-1] == "spoke"
    await reply.aclose()


async def test_one_that_is_forgotten_is_closed_there() -> None:
    did: list[str] = []

    async def fn(audio: Any) -> AsyncIterator[Any]:
        try:
            yield AdditionalOutputs(1)
            yield SOUND
            did.append("spoke")
        finally:
            did.append("closed")

    reply = begin(fn)
    await until(lambda: reply._running_ahead.done())
    reply.forget()
    await reply.retire()
    assert did == ["closed"]
    assert reply.reply.speculative
    assert reply.reply.interrupted
    assert reply.reply.ended
    assert reply.reply.heard_s == 0.0
    assert await rest(reply) == []
    await reply.aclose()


async def test_one_that_is_adopted_while_it_thinks_goes_on_thinking() -> None:
    gate = threading.Event()

    def fn(audio: Any) -> Iterator[Any]:
        yield AdditionalOutputs(1)
        gate.wait(30)
        yield SOUND

    reply = begin(fn)
    await until(lambda: reply._kept)
    reply.adopt()
    assert (await reply.take()).args == (1,)
    taking = asyncio.ensure_future(reply.take())
    await asyncio.sleep(0.05)
    assert not taking.done()
    gate.set()
    assert await taking is SOUND
    assert await rest(reply) == []
    await reply.aclose()


async def test_one_that_is_forgotten_while_it_thinks_holds_up_nobody() -> None:
    gate, late = threading.Event(), threading.Event()

    def fn(audio: Any) -> Any:
        gate.wait(30)
        late.set()
        return SOUND

    reply = begin(fn)
    await until(lambda: reply._worker.started)
    reply.forget()
    retiring = reply.retire()
    assert await rest(reply) == []
    assert not retiring.done()
    gate.set()
    await retiring
    assert late.is_set()


@pytest.mark.parametrize("ends", [CloseStream("bye"), "answer.mp3", (SOUND, AdditionalOutputs(1))])
async def test_whatever_is_no_mere_output_is_waited_with(ends: Any) -> None:
    did: list[str] = []

    def fn(audio: Any) -> Iterator[Any]:
        yield ends
        did.append("went on")

    reply = begin(fn)
    await until(lambda: reply._running_ahead.done())
    assert did == []
    reply.adopt()
    assert await rest(reply) == [ends]
    await reply.aclose()


async def test_one_without_sound_is_kept_up_to_a_limit() -> None:
    asked = 0

    async def fn(audio: Any) -> AsyncIterator[Any]:
        nonlocal asked
        while True:
            asked += 1
            yield AdditionalOutputs(asked)

    reply = begin(fn)
    await until(lambda: reply._running_ahead.done())
    assert asked == MOST_KEPT
    reply.adopt()
    taken = [(await reply.take()).args[0] for _ in range(MOST_KEPT + 2)]
    assert taken == list(range(1, MOST_KEPT + 3))
    reply.close_soon()
    await reply.aclose()


async def test_one_that_has_nothing_yet_is_asked_again() -> None:
    async def fn(audio: Any) -> AsyncIterator[Any]:
        yield None
        yield None
        yield SOUND

    reply = begin(fn)
    await until(lambda: reply._running_ahead.done())
    reply.adopt()
    assert await rest(reply) == [SOUND]
    await reply.aclose()


async def test_what_is_played_meanwhile_is_none_of_it() -> None:
    reply = begin(lambda audio: SOUND)
    await until(lambda: reply._running_ahead.done())
    Played.seconds = 7.0
    reply.adopt()
    assert reply.reply.heard_s == 0.0
    Played.seconds = 7.5
    assert reply.reply.heard_s == pytest.approx(0.5)
    await reply.aclose()


def fails(audio: Any) -> Iterator[Any]:
    yield AdditionalOutputs(1)
    raise OSError("no ears")


async def test_a_failure_is_that_of_whoever_takes_it() -> None:
    reply = begin(fails)
    await until(lambda: reply._running_ahead.done())
    reply.adopt()
    assert (await reply.take()).args == (1,)
    with pytest.raises(OSError, match="no ears"):
        await reply.take()
    await reply.aclose()


@pytest.mark.parametrize("adopted", [False, True])
async def test_the_failure_of_one_that_is_dropped_is_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture, adopted: bool
) -> None:
    reply = begin(fails)
    await until(lambda: reply._running_ahead.done())
    if adopted:
        reply.adopt()
    else:
        reply.forget()
    with caplog.at_level(logging.WARNING):
        await reply.aclose()
    (line,) = caplog.records
    assert line.getMessage() == "A reply that was dropped failed"
    assert isinstance(line.exc_info[1], OSError)  # type: ignore[index]  # it has one
