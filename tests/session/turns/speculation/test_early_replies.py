"""Replies that are begun in a pause: played if the turn ends with it, else forgotten."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import (
    AdditionalOutputs,
    AlgoOptions,
    Reply,
    SpeculationOptions,
    TurnTimings,
    current_reply,
)
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.turns.detection.speech_events import SpeechStarted, TurnEnded
from gradio_webrtc.turns.turn_events import (
    EndOfTurnJudged,
    ReplyEnded,
    ReplyForgotten,
    ReplySounded,
    ReplySpeculated,
    ReplyStarted,
)
from tests.support.loud_call import LoudCall
from tests.support.loudness_detector import SPEECH, WORD
from tests.support.scripted_conversation import sounds
from tests.support.sessions import outputs_of, settle

pytestmark = pytest.mark.looptime

QUIET, HALF = (0, 0.5), (SPEECH, 1.0)
HALF_A_SECOND = AlgoOptions(silence_ms=500)


@dataclass
class Thinker:
    """A function whose sound is ready some time after it was called.

    Attributes:
        thinks: seconds until it is.
        seconds: of its sound.
        calls: when it was called, with how many seconds of speech.
        replies: what it knew of its replies.
        spoke: how many went on behind their first sound.
    """

    thinks: float = 0.2
    seconds: float = 0.5
    calls: list[tuple[float, float]] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    spoke: int = 0

    async def __call__(self, audio: tuple[int, np.ndarray]) -> AsyncIterator[Any]:
        loud = float(np.count_nonzero(np.abs(audio[1]) > 1000)) / audio[0]
        self.calls.append((asyncio.get_running_loop().time(), loud))
        self.replies.append(current_reply())
        number = len(self.calls)
        yield AdditionalOutputs(number, "asked")
        await asyncio.sleep(self.thinks)
        yield AdditionalOutputs(number, "answered")
        pieces = list(sounds(8_000, self.seconds))
        yield pieces[0]
        self.spoke += 1
        for piece in pieces[1:]:
            yield piece
        yield AdditionalOutputs(number, "said")


def call(fn: Any, **options: Any) -> LoudCall:
    return LoudCall(fn=fn, **{"speculative": True, "algo_options": HALF_A_SECOND, **options})


async def outputs(talk: LoudCall) -> list[tuple[Any, ...]]:
    """Take what went to the page."""
    await settle()
    kept = outputs_of(talk.session)._by_id
    return [(await kept.__anext__()).args for _ in range(len(kept))]


async def test_what_was_thought_of_in_the_pause_is_played_when_the_turn_ends() -> None:
    fn = Thinker(thinks=0.2)
    async with call(fn) as talk:
        await talk.hears(QUIET, HALF, (0, 0.44))
        over = talk.now - 0.44
        ((at, loud),) = fn.calls
        assert at - over == pytest.approx(0.16, abs=0.05)
        assert loud == pytest.approx(1.0, abs=0.05)
        assert fn.replies[0].speculative
        assert fn.spoke == 0
        assert talk.transport.loud() == 0
        assert not talk.handler.event.is_set()
        assert talk.told() == ["listening", "started_talking"]
        assert await outputs(talk) == []
        await talk.hears((0, 0.2))
        assert talk.handler.event.is_set()
        assert not fn.replies[0].speculative
        assert talk.transport.heard[0][0] - over == pytest.approx(0.5, abs=0.07)
        await talk.hears((0, 1.0))
        assert await outputs(talk) == [(1, "asked"), (1, "answered"), (1, "said")]
        assert len(fn.calls) == 1
        assert talk.transport.loud() == pytest.approx(0.5, abs=0.03)
        assert fn.replies[0].heard_s == pytest.approx(0.5, abs=0.03)
        assert not fn.replies[0].interrupted


async def test_its_timings_tell_that_it_was_begun_early() -> None:
    turns: list[TurnTimings] = []

    async def keep(timings: TurnTimings) -> None:
        turns.append(timings)

    async with call(Thinker(thinks=0.1), on_turn=keep) as talk:
        await talk.hears(QUIET, HALF, (0, 0.4), HALF, (0, 2.0))
    (turn,) = turns
    assert turn.speculative
    assert turn.first_audio_s == pytest.approx(turn.decided_s, abs=0.03)


async def test_who_goes_on_has_not_been_answered() -> None:
    fn = Thinker(thinks=0.1)
    async with call(fn) as talk:
        await talk.hears(QUIET, HALF, (0, 0.4), HALF, (0, 0.6))
        assert [loud for _, loud in fn.calls] == pytest.approx([1.0, 2.0], abs=0.05)
        first, second = fn.replies
        assert (first.speculative, first.interrupted, first.heard_s) == (True, True, 0.0)
        assert not second.speculative
        await talk.hears((0, 1.0))
        assert await outputs(talk) == [(2, "asked"), (2, "answered"), (2, "said")]
        assert talk.transport.loud() == pytest.approx(0.5, abs=0.03)
        turn = ["started_talking", "pause_detected", "response_starting", "response_ended"]
        assert talk.told() == ["listening", *turn]
        assert [type(event) for event in talk.events] == [
            *(SpeechStarted, ReplySpeculated, ReplyForgotten, ReplySpeculated),
            *(TurnEnded, ReplyStarted, ReplySounded, ReplyEnded),
        ]
        assert [event.reply for event in talk.events if isinstance(event, ReplySpeculated)] == [
            first,
            second,
        ]
        assert [event.reply for event in talk.events if isinstance(event, ReplyForgotten)] == [
            first
        ]
        assert [event.reply for event in talk.events if isinstance(event, ReplyStarted)] == [second]


async def test_somebody_who_stutters_starts_few_replies_and_is_answered() -> None:
    fn = Thinker()
    stutter = [(SPEECH, 0.3), (0, 0.3)] * 12
    async with call(fn, speculative=SpeculationOptions(most_per_turn=3)) as talk:
        await talk.hears(QUIET, HALF, (0, 0.3), *stutter)
        assert len(fn.calls) == 3
        await talk.hears((0, 1.5))
        assert len(fn.calls) == 4
        assert not fn.replies[3].speculative
        await talk.hears(HALF, (0, 0.3))
        assert len(fn.calls) == 5, "the next turn is another one"


async def test_without_it_nothing_is_called_in_a_pause() -> None:
    fn = Thinker()
    async with call(fn, speculative=False) as talk:
        await talk.hears(QUIET, HALF, (0, 0.4), HALF, (0, 0.7))
        ((_, loud),) = fn.calls
        assert loud == pytest.approx(2.0, abs=0.05)
        assert not fn.replies[0].speculative


async def test_into_a_reply_nothing_is_begun_before_the_interruption_is_certain() -> None:
    fn = Thinker()
    async with call(fn) as talk:
        await talk.hears(QUIET, HALF, (0, 0.7), (SPEECH, 0.4), (0, 0.3))
        assert len(fn.calls) == 1
        await talk.hears((SPEECH, 0.5), (0, 0.3))
        assert len(fn.calls) == 2
        assert fn.replies[0].interrupted
        assert fn.replies[1].speculative
        await talk.hears((0, 0.4))
        assert not fn.replies[1].speculative
        assert len(fn.calls) == 2


async def test_while_nothing_can_interrupt_nothing_is_begun() -> None:
    fn = Thinker(seconds=5.0)
    async with call(fn, can_interrupt=False) as talk:
        await talk.hears(QUIET, HALF, (0, 0.6), HALF, (0, 0.4))
        assert talk.told()[-1] == "response_starting"
        assert len(fn.calls) == 1


async def test_when_audio_stops_in_the_pause_time_does_the_same() -> None:
    fn = Thinker()
    async with call(fn) as talk:
        await talk.hears(QUIET, HALF)
        await talk.stops(0.4)
        assert len(fn.calls) == 1
        assert fn.replies[0].speculative
        await talk.until(lambda: not fn.replies[0].speculative)
        await talk.until(lambda: talk.transport.loud() > 0.4)
        assert len(fn.calls) == 1


async def test_a_session_that_ends_in_the_pause_leaves_nothing_behind() -> None:
    fn = Thinker(thinks=60.0)
    async with call(fn) as talk:
        await talk.hears(QUIET, HALF, (0, 0.3))
    (reply,) = fn.replies
    assert reply.ended
    assert reply.speculative


class Judge:
    """A turn detector that says what the test wants, in turn; ``None``: cannot tell."""

    def __init__(self, *answers: float | None) -> None:
        self.answers = list(answers)
        self.asked: list[float] = []

    async def finished(self, utterance: Any) -> float | None:
        self.asked.append(asyncio.get_running_loop().time())
        return self.answers.pop(0)


class TestWithATurnDetector:
    async def test_it_is_asked_early_and_once_and_the_reply_is_there_when_the_turn_ends(
        self,
    ) -> None:
        fn, judge = Thinker(thinks=0.02), Judge(1.0)
        async with call(fn, algo_options=None, turn_detector=judge) as talk:
            await talk.hears(QUIET, HALF, (0, 0.6))
            over = talk.now - 0.6
            assert [at - over for at in judge.asked] == pytest.approx([0.16], abs=0.05)
            assert len(fn.calls) == 1
            assert talk.transport.heard[0][0] - over == pytest.approx(0.27, abs=0.05)
            judged = [event for event in talk.events if isinstance(event, EndOfTurnJudged)]
            assert judged == [EndOfTurnJudged(True)]

    async def test_what_it_calls_unfinished_starts_nothing(self) -> None:
        fn, judge = Thinker(), Judge(0.0, 1.0)
        async with call(fn, algo_options=None, turn_detector=judge) as talk:
            await talk.hears(QUIET, HALF, (0, 0.6))
            assert fn.calls == []
            await talk.hears(HALF, (0, 0.6))
            assert len(judge.asked) == 2
            assert [loud for _, loud in fn.calls] == pytest.approx([2.0], abs=0.05)

    async def test_what_it_cannot_judge_is_played_when_silence_has_decided(self) -> None:
        fn, judge = Thinker(thinks=0.0), Judge(None)
        async with call(fn, algo_options=None, turn_detector=judge) as talk:
            await talk.hears(QUIET, HALF, (0, 0.42))
            over = talk.now - 0.42
            assert len(fn.calls) == 1
            assert fn.replies[0].speculative
            await talk.hears((0, 0.3))
            assert not fn.replies[0].speculative
            assert talk.transport.heard[0][0] - over == pytest.approx(0.5, abs=0.07)
            assert len(fn.calls) == 1


class TestTriggering:
    async def test_what_was_begun_is_the_reply_that_is_asked_for(self) -> None:
        fn = Thinker()
        async with call(fn) as talk:
            await talk.hears(QUIET, HALF, (0, 0.3))
            talk.handler.trigger_response()
            await talk.hears((0, 0.1))
            assert [reply.speculative for reply in fn.replies] == [False]

    async def test_unless_more_was_said(self) -> None:
        fn = Thinker()
        async with call(fn) as talk:
            await talk.hears(QUIET, HALF, (0, 0.3), (SPEECH, 0.3))
            talk.handler.trigger_response()
            await talk.hears((0, 0.1))
            assert [reply.speculative for reply in fn.replies] == [True, False]
            assert fn.calls[1][1] == pytest.approx(1.3, abs=0.05)

    async def test_nor_what_is_written(self) -> None:
        fn = Thinker()
        async with call(fn) as talk:
            await talk.hears(QUIET, HALF, (0, 0.3))
            talk.handler._trigger(["written"])
            await talk.hears((0, 0.1))
            assert [reply.speculative for reply in fn.replies] == [True, False]


async def test_after_a_stop_word_the_question_is_answered_early() -> None:
    fn = Thinker(thinks=0.0)
    async with call(fn, stop_words=True) as talk:
        await talk.hears((0, 1.2), HALF, (0, 1.0))
        assert fn.calls == [], "nobody was called"
        await talk.hears((WORD, 0.5), HALF, (0, 0.4))
        assert [loud for _, loud in fn.calls] == pytest.approx([1.0], abs=0.05)
        assert fn.replies[0].speculative
        await talk.hears((0, 0.3))
        assert not fn.replies[0].speculative
        assert len(fn.calls) == 1


async def test_the_page_is_asked_for_the_values_of_the_pause() -> None:
    got: list[tuple[bool, str]] = []

    async def reply(audio: Any, voice: str) -> None:
        got.append((current_reply().speculative, voice))

    async with call(reply, needs_args=True) as talk:
        await talk.hears(QUIET, HALF, (0, 0.3))
        assert len(talk.transport.sent("send_input")) == 1
        talk.session.set_args(["deep"])
        await talk.hears((0, 0.4))
        assert got == [(True, "deep")]
        assert len(talk.transport.sent("send_input")) == 1


class TestErrors:
    async def test_of_a_reply_that_is_forgotten_are_a_line_in_the_log(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        calls: list[int] = []

        async def reply(audio: Any) -> AsyncIterator[Any]:
            calls.append(1)
            if len(calls) == 1:
                raise OSError("no ears")
            for piece in sounds(8_000, 0.3):
                yield piece

        async with call(reply) as talk:
            with caplog.at_level(logging.WARNING):
                await talk.hears(QUIET, HALF, (0, 0.3), HALF, (0, 1.0))
            assert [line.getMessage() for line in caplog.records] == [
                "A reply that was dropped failed"
            ]
            assert talk.session.ending is None
            assert talk.transport.loud() == pytest.approx(0.3, abs=0.03)

    async def test_of_one_that_is_played_are_those_of_a_reply(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        async def reply(audio: Any) -> None:
            raise OSError("no ears")

        async with call(reply) as talk:
            await talk.hears(QUIET, HALF, (0, 0.4))
            assert talk.session.ending is None
            await talk.hears((0, 0.3))
            assert talk.session.ending is not None
        assert talk.session.ending.reason is CloseReason.HANDLER_ERROR
        assert "OSError: no ears" in caplog.text

    async def test_one_that_hangs_is_no_stuck_turn(self) -> None:
        gate = threading.Event()
        calls: list[int] = []

        def reply(audio: Any) -> Iterator[Any]:
            calls.append(1)
            if len(calls) == 1:
                gate.wait(60)
            yield from sounds(8_000, 0.3)

        try:
            async with call(reply) as talk:
                await talk.hears(QUIET, HALF, (0, 0.7))
                assert talk.told()[-1] == "pause_detected"
                await talk.hears(HALF, (0, 0.7))
                assert len(calls) == 2
                await talk.until(lambda: talk.transport.loud() > 0.25)
        finally:
            gate.set()
