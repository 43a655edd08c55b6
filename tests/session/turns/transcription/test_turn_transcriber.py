"""One turn followed on a virtual clock: when it is recognised, reported, or dropped."""

from __future__ import annotations

import asyncio
import math
from contextvars import copy_context
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import PartialTranscripts, Transcript
from gradio_webrtc.testing.virtual_clock import run_virtually
from gradio_webrtc.turns.detection.speech_events import SpeechDropped, SpeechStarted, TurnEnded
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.transcription.turn_transcriber import MOST_TURNS, TurnTranscriber
from gradio_webrtc.turns.turn_events import (
    EndOfTurnJudged,
    ReplyEnded,
    ReplyResumed,
    ReplyStarted,
    TurnEvent,
)
from tests.support.scripted_conversation import (
    RATE,
    ScriptedTurnListener,
    spoken_words,
    written_words,
)

pytestmark = pytest.mark.looptime


class Recognises:
    """Writes the words of ``spoken_words``, in so many virtual seconds.

    Attributes:
        began: when it was asked, on the loop's clock, and for how many seconds of audio.
        at_once: how many recognitions ran beside each other at most.
    """

    def __init__(self, takes: float = 0.0) -> None:
        self.takes = takes
        self.began: list[tuple[float, float]] = []
        self.failing = False
        self.at_once = self._running = 0

    async def stt(self, audio: Any) -> str:
        self._running += 1
        self.at_once = max(self.at_once, self._running)
        self.began.append((asyncio.get_running_loop().time(), audio[1].shape[1] / audio[0]))
        await asyncio.sleep(self.takes)
        self._running -= 1
        if self.failing:
            raise OSError("gone")
        return written_words(audio)


class Followed:
    """A person whose turns are followed.

    Attributes:
        told: the transcripts, with the time of each.
    """

    def __init__(self, stt: Any, every_s: float = 0.5) -> None:
        self.told: list[tuple[float, Transcript]] = []
        self.listener = ScriptedTurnListener()
        options = PartialTranscripts(self._take, stt=stt, every_s=every_s)
        self.transcriber = TurnTranscriber(
            options, RATE, lambda: self.listener, lambda outputs: None, copy_context()
        )

    async def __aenter__(self) -> Followed:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.transcriber.aclose()

    @property
    def texts(self) -> list[Transcript]:
        return [said for _, said in self.told]

    def tells(self, *events: TurnEvent) -> None:
        for event in events:
            self.transcriber.observe(event)

    async def speaks(self, seconds: float) -> None:
        if not self.listener.speech_s:
            self.tells(SpeechStarted(0.0))
        for _ in range(round(seconds / 0.05)):
            self.listener.speech_s += 0.05
            await asyncio.sleep(0.05)

    def pauses(self) -> TurnEnded:
        said = spoken_words(self.listener.speech_s)
        ended = TurnEnded(said, self.listener.speech_s, 0.0)
        self.listener.speech_s = 0.0
        self.tells(ended)
        return ended

    def is_answered(self) -> None:
        ended = self.pauses()
        self.tells(ReplyStarted(Reply(lambda: 0.0), ended.utterance))

    async def _take(self, said: Transcript) -> None:
        self.told.append((asyncio.get_running_loop().time(), said))


def final(words: int) -> Transcript:
    return Transcript(" ".join(f"w{number}" for number in range(words)), final=True)


async def test_words_are_told_while_they_are_said_and_all_of_them_at_the_end() -> None:
    async with Followed(Recognises()) as person:
        await person.speaks(2.1)
        person.is_answered()
        await asyncio.sleep(1)
        *partial, last = person.texts
        assert [said.text.split()[-1] for said in partial] == ["w1", "w3", "w5", "w7"]
        assert [said.committed for said in partial] == ["", "w0 w1", "w0 w1 w2 w3", final(6).text]
        assert not any(said.final for said in partial)
        assert last == final(9)


async def test_one_recognition_at_a_time_and_as_much_rest_as_it_takes() -> None:
    slow = Recognises(takes=0.3)
    async with Followed(slow) as person:
        await person.speaks(3.5)
        person.is_answered()
        await asyncio.sleep(5)
    assert slow.at_once == 1
    starts = [time for time, _ in slow.began]
    assert starts[:4] == pytest.approx([0.5, 1.4, 2.3, 3.2], abs=0.05)


async def test_nothing_is_recognised_while_nothing_new_is_said() -> None:
    stt = Recognises()
    async with Followed(stt) as person:
        await person.speaks(1.1)
        before = len(stt.began)
        await asyncio.sleep(5)
        assert len(stt.began) <= before + 1


async def test_what_comes_after_the_end_of_the_turn_is_dropped() -> None:
    async with Followed(Recognises(takes=0.3)) as person:
        await person.speaks(0.6)  # a recognition has begun after half a second
        person.is_answered()
        await asyncio.sleep(2)
        assert person.texts == [final(3)]


async def test_the_turn_is_not_over_while_somebody_only_thinks() -> None:
    async with Followed(Recognises()) as person:
        await person.speaks(1.1)
        person.pauses()
        person.tells(EndOfTurnJudged(False))
        person.listener.speech_s = 1.1
        await asyncio.sleep(1)
        assert not person.texts[-1].final
        await person.speaks(0.9)
        person.is_answered()
        await asyncio.sleep(1)
        assert [said for said in person.texts if said.final] == [final(8)]


async def test_an_mm_hm_is_final_too() -> None:
    async with Followed(Recognises()) as person:
        await person.speaks(0.5)
        person.pauses()
        person.tells(ReplyResumed())
        await asyncio.sleep(1)
        assert person.texts[-1] == final(2)


async def test_a_reply_that_ends_while_somebody_speaks_into_it_ends_no_turn() -> None:
    async with Followed(Recognises()) as person:
        await person.speaks(0.6)
        person.tells(ReplyResumed(), ReplyEnded(interrupted=False))
        await person.speaks(0.6)
        assert not any(said.final for said in person.texts)


async def test_a_turn_that_is_forgotten_ends_with_what_was_known() -> None:
    async with Followed(Recognises()) as person:
        await person.speaks(0.6)
        await asyncio.sleep(0.1)
        told = person.texts[-1].text
        person.listener.speech_s = 0.0
        person.tells(ReplyEnded(interrupted=False))
        await asyncio.sleep(1)
        assert person.texts[-1] == Transcript(told, final=True)


async def test_a_reply_to_nothing_said_reports_nothing() -> None:
    async with Followed(Recognises()) as person:
        person.tells(ReplyStarted(Reply(lambda: 0.0), np.zeros((1, 0), np.int16)))
        await asyncio.sleep(1)
        assert person.told == []


async def test_an_utterance_whose_beginning_nobody_heard_is_reported_once() -> None:
    async with Followed(Recognises()) as person:
        person.tells(ReplyStarted(Reply(lambda: 0.0), spoken_words(1.0)))
        await asyncio.sleep(1)
        assert person.texts == [final(4)]


async def test_a_recogniser_that_fails_leaves_what_was_known() -> None:
    stt = Recognises()
    async with Followed(stt) as person:
        await person.speaks(1.1)
        told = person.texts[-1].text
        stt.failing = True
        await person.speaks(1)
        person.is_answered()
        await asyncio.sleep(1)
        assert person.texts[-1] == Transcript(told, final=True)
        stt.failing = False
        await person.speaks(1)
        person.is_answered()
        await asyncio.sleep(1)
        assert person.texts[-1] == final(4)


async def test_one_that_hangs_holds_up_nobody_and_few_turns_wait_for_it() -> None:
    stt = Recognises(takes=1_000)
    async with Followed(stt) as person:
        for _ in range(3 * MOST_TURNS):
            await person.speaks(1)
            person.is_answered()
        assert len(person.transcriber._tasks) == MOST_TURNS
        assert stt.at_once == 1
        assert person.told == []


@pytest.mark.parametrize("seconds", [30, 60])
def test_a_long_turn_costs_in_proportion_to_its_length(seconds: int) -> None:
    stt = Recognises()

    async def speaks() -> Followed:
        async with Followed(stt, every_s=1.0) as person:
            await person.speaks(seconds)
            person.is_answered()
            await asyncio.sleep(1)
        return person

    # On a clock that stands still for the thread that looks for a quiet place: how long that takes
    # on a busy machine is no part of what is asked here.
    person = run_virtually(speaks())
    assert person.texts[-1].final
    # A cut that has no pause to go by may split a word, which both parts have then.
    assert set(person.texts[-1].text.split()) == set(final(seconds * 4).text.split())
    assert max(heard for _, heard in stt.began[:-1]) < 16
    # Hearing all of it anew each second would be half the square: 30 times its length.
    assert sum(heard for _, heard in stt.began) < 10 * seconds


class Button(ScriptedTurnListener):
    """Whose speech nobody measures: two words more each time somebody looks."""

    heard = 0.0

    def turn_so_far(self, after: int = 0) -> np.ndarray:
        """Return what was said meanwhile."""
        self.heard += 0.5
        return spoken_words(self.heard)[:, after:]


async def test_words_of_a_turn_by_a_button_are_told_while_they_are_said() -> None:
    async with Followed(Recognises()) as person:
        person.listener = Button()
        person.tells(SpeechStarted(0.0))
        person.listener.speech_s = math.inf
        await asyncio.sleep(1.6)
        assert [said.text.split()[-1] for said in person.texts] == ["w1", "w3", "w5"]
        person.tells(SpeechDropped(1.6))
        await asyncio.sleep(1.6)
        assert person.texts[-1].final
        assert len(person.texts) == 4
