"""Replies in plain Python, on threads of their own, and replies of files. In real time."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import InterruptionOptions, Reply, current_reply, get_current_context
from gradio_webrtc.turns.detection.speech_events import SpeechStarted
from gradio_webrtc.turns.replies import reply_queue as replies
from tests.support.encoded_files import encode_audio
from tests.support.encoded_files import tone as media_tone
from tests.support.scripted_conversation import ScriptedReply, Talk, sounds, value_of
from tests.support.sessions import until

FIRST, SECOND = 4_000, 8_000
AT_ONCE = InterruptionOptions(resume=False)


async def test_a_generator_is_closed_on_its_own_thread_and_knows_what_was_heard() -> None:
    ran: list[threading.Thread] = []
    closed: list[tuple[threading.Thread, Reply, float]] = []

    def reply(audio: Any) -> Iterator[Any]:
        ran.append(threading.current_thread())
        assert get_current_context().webrtc_id == "a"
        try:
            yield from sounds(FIRST, 30)
        finally:
            mine = current_reply()
            closed.append((threading.current_thread(), mine, mine.heard_s))

    async with Talk(ScriptedReply(reply, interruption=AT_ONCE)) as talk:
        await talk.asks()
        await talk.passes(1)
        await talk.speaks(0.1)
        await until(lambda: closed)
        ((thread, mine, heard),) = closed
        assert thread is ran[0]
        assert mine.interrupted
        assert 0.5 < heard < 2
        # Closed for good, thread and all, while the conversation goes on.
        await until(lambda: not thread.is_alive())
        assert mine.heard_s == heard
        await talk.passes(0.2)
        assert mine.heard_s == heard
        assert talk.session.ending is None


async def test_a_reply_that_computes_holds_up_nothing_and_its_late_chunks_are_dropped() -> None:
    gate = threading.Event()
    finished: list[str] = []
    asked: list[int | None] = []

    def reply(audio: Any) -> Iterator[Any]:
        asked.append(value_of(audio))
        if len(asked) == 1:
            try:
                gate.wait(20)
                yield from sounds(FIRST, 5)
            finally:
                finished.append("first")
        else:
            yield from sounds(SECOND, 1)

    async with Talk(ScriptedReply(reply, interruption=AT_ONCE)) as talk:
        await talk.asks(7)
        await until(lambda: asked)
        await talk.asks(8)
        await until(lambda: talk.transport.loud(SECOND - 50) > 0.3)
        assert finished == []
        gate.set()
        await until(lambda: finished)
        await talk.passes(0.5)
        assert talk.transport.loud(FIRST - 50, FIRST + 50) == 0
    assert asked == [7, 8]


async def test_a_plain_function_that_is_dropped_while_it_computes() -> None:
    gate = threading.Event()
    asked: list[int | None] = []

    def reply(audio: Any) -> Any:
        asked.append(value_of(audio))
        level = FIRST if len(asked) == 1 else SECOND
        if level == FIRST:
            gate.wait(20)
        return 48_000, np.full(48_000, level, np.int16)

    async with Talk(ScriptedReply(reply, interruption=AT_ONCE)) as talk:
        await talk.asks(7)
        await until(lambda: asked)
        await talk.asks(8)
        gate.set()
        await until(lambda: "response_ended" in talk.logged[-1:])
        assert talk.transport.loud(FIRST - 50, FIRST + 50) == 0
        assert talk.transport.loud(SECOND - 50) == pytest.approx(1.0, abs=0.1)


async def test_the_end_of_a_session_frees_replies_that_never_return() -> None:
    started: list[threading.Thread] = []

    def reply(audio: Any) -> Iterator[Any]:
        started.append(threading.current_thread())
        threading.Event().wait()
        yield None

    async with Talk(ScriptedReply(reply, interruption=AT_ONCE)) as talk:
        for number in (1, 2):
            await talk.asks(number)
            await until(lambda: len(started) == number)  # noqa: B023 - called at once
    await until(lambda: not any(thread.is_alive() for thread in started))


async def test_only_so_many_dropped_replies_may_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(replies, "MAX_RETIRED", 2)
    started: list[threading.Thread] = []

    def reply(audio: Any) -> Iterator[Any]:
        started.append(threading.current_thread())
        threading.Event().wait()
        yield None

    async with Talk(ScriptedReply(reply, interruption=AT_ONCE)) as talk:
        for number in range(1, 5):
            await talk.asks(number)
            await until(lambda: len(started) == number)  # noqa: B023 - called at once
        await until(lambda: sum(thread.is_alive() for thread in started) == 3)
        assert "dropped replies still compute" in caplog.text


async def test_a_generator_that_yields_nothing_for_a_while_does_not_spin() -> None:
    steps = 0

    def reply(audio: Any) -> Iterator[Any]:
        nonlocal steps
        while steps < 10_000:
            steps += 1
            yield None

    async with Talk(ScriptedReply(reply)) as talk:
        await talk.asks()
        await talk.passes(0.5)
        assert 2 <= steps < 60


class TestFiles:
    """A reply of encoded chunks, as most speech services send them."""

    async def test_it_is_played_to_its_end_and_then_listened_again(self) -> None:
        mp3 = encode_audio(media_tone(1.0, 44_100, 441.0), "mp3", 44_100)
        heard: list[Reply] = []

        def reply(audio: Any) -> Iterator[Any]:
            heard.append(current_reply())
            for at in range(0, len(mp3), 1_000):
                yield mp3[at : at + 1_000]

        async with Talk(ScriptedReply(reply)) as talk:
            for number in (1, 2):
                await talk.asks(number)
                await until(lambda: talk.logged.count("response_ended") == number)  # noqa: B023
        assert [one.heard_s for one in heard] == pytest.approx([1.0, 1.0], abs=0.1)

    @pytest.mark.parametrize("kind", ["wav", "ogg"])
    async def test_whatever_its_format(self, kind: str) -> None:
        whole = encode_audio(media_tone(0.5, 48_000, 441.0), kind, 48_000)
        heard: list[Reply] = []

        def reply(audio: Any) -> Any:
            heard.append(current_reply())
            return whole

        async with Talk(ScriptedReply(reply)) as talk:
            await talk.asks()
            await until(lambda: "response_ended" in talk.logged)
        assert heard[0].heard_s == pytest.approx(0.5, abs=0.1)

    @pytest.mark.parametrize("piece", [500, 1_000_000_000])
    async def test_interrupted_it_stops_and_nothing_of_it_comes_later(self, piece: int) -> None:
        long = encode_audio(media_tone(30.0, 44_100, 441.0), "mp3", 44_100)
        asked: list[int | None] = []

        def reply(audio: Any) -> Iterator[Any]:
            asked.append(value_of(audio))
            if len(asked) == 1:
                for at in range(0, len(long), piece):
                    yield io.BytesIO(long[at : at + piece])
            else:
                yield 48_000, np.full(48_000, 1_000, np.int16)

        async with Talk(ScriptedReply(reply, interruption=AT_ONCE)) as talk:
            await talk.asks(7)
            await talk.passes(1.5)
            assert talk.transport.loud(3_000) > 0.5
            await talk.asks(8)
            count = len(talk.transport.heard)
            await until(lambda: talk.logged[-1] == "response_ended")
            after = talk.transport.heard[count:]
            assert asked == [7, 8]
            assert sum(np.abs(samples).max() > 3_000 for _, samples in after) == 0
            assert sum(np.abs(samples).max() > 900 for _, samples in after) > 40


@pytest.mark.looptime
async def test_a_start_up_of_its_own_that_goes_on_for_ever() -> None:
    """While it does, what emit returns takes a turn of the loop longer to the wire."""
    gate = asyncio.Event()

    class Busy(ScriptedReply):
        async def start_up(self) -> None:
            await super().start_up()
            await asyncio.Event().wait()

    async def reply(audio: Any) -> Any:
        await gate.wait()
        return 48_000, np.full(48_000 * 3, FIRST, np.int16)

    for turns in range(8):
        gate.clear()
        async with Talk(Busy(reply, interruption=AT_ONCE)) as talk:
            await talk.asks()
            talk.listener.hears(SpeechStarted(9.0))
            gate.set()
            for _ in range(turns):
                await asyncio.sleep(0)
            await talk.passes(0.5)
            assert talk.transport.loud(FIRST - 50) < 0.2, turns
