"""Which turns reach the conversation, with a detector and a spotter that go by loudness."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest

from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.speech_events import SpeechEvent, SpeechStarted, TurnEnded
from gradio_webrtc.turns.stop_words.spotter_worker import SpotterWorker
from gradio_webrtc.turns.stop_words.stop_word_listener import StopWordListener
from tests.support.loudness_detector import RATE, SPEECH, WORD, LoudDetector, LoudModel, LoudSpotter
from tests.support.sessions import until


@dataclass
class Told:
    heard_words: list[str] = field(default_factory=list)
    dozed: int = 0
    passes_all: bool = False

    def doze(self) -> None:
        self.dozed += 1


@asynccontextmanager
async def listening_for(model: LoudModel, told: Told) -> AsyncIterator[StopWordListener]:
    listener = Listener(RATE, 1, model=LoudDetector)
    spotting = SpotterWorker(model, ["computer"], RATE)
    made = StopWordListener(
        listener, spotting, 3.0, told.heard_words.append, told.doze, lambda: told.passes_all
    )
    try:
        yield made
    finally:
        await made.aclose()


async def hear(listener: StopWordListener, *parts: tuple[int, float]) -> list[SpeechEvent]:
    """Return what sound of these levels and seconds leads to, if the spotter keeps up with it."""
    sound = np.concatenate([np.full(round(s * RATE), level, np.int16) for level, s in parts])
    events: list[SpeechEvent] = []
    for at in range(0, sound.size, 320):
        events += await listener.hear((RATE, sound[np.newaxis, at : at + 320]))
        await until(lambda: not listener._spotter.busy)
    return events


SLEEP = (0, 1.2)


async def test_without_a_stop_word_nothing_passes() -> None:
    told = Told()
    async with listening_for(LoudModel(), told) as asleep:
        assert await hear(asleep, SLEEP, (SPEECH, 2.0), SLEEP, (SPEECH, 0.8), SLEEP) == []
        assert asleep.speech_s == 0
    assert told.heard_words == []


async def test_the_question_is_what_follows_in_the_same_breath() -> None:
    told, model = Told(), LoudModel()
    async with listening_for(model, told) as listening:
        said = ((SPEECH, 0.4), (WORD, 0.5), (SPEECH - 500, 1.0))
        events = await hear(listening, SLEEP, *said, SLEEP)
    assert told.heard_words == ["computer"]
    started, ended = events
    assert isinstance(started, SpeechStarted)
    assert isinstance(ended, TurnEnded)
    assert started.time == pytest.approx(2.1, abs=0.05)
    assert ended.start == pytest.approx(2.1, abs=0.05)
    assert ended.speech_s == pytest.approx(1.0, abs=0.1)
    loud = ended.utterance[0][np.abs(ended.utterance[0]) > 1000]
    assert loud.size == pytest.approx(1.0 * RATE, abs=0.06 * RATE)
    assert np.count_nonzero(loud > 10_000) < 0.03 * RATE
    assert model.closed == 1
    assert threading.main_thread() not in model.threads


async def test_the_beginning_of_a_question_is_told_while_it_is_asked() -> None:
    told = Told()
    async with listening_for(LoudModel(), told) as listening:
        assert await hear(listening, SLEEP, (WORD, 0.5), (SPEECH, 0.2)) == []
        (event,) = await hear(listening, (SPEECH, 0.6))
        assert isinstance(event, SpeechStarted)
        assert listening.speech_s > 0.5
        question = listening.turn_so_far()
        assert question.shape[1] == pytest.approx(0.8 * RATE, abs=0.1 * RATE)
        assert (listening.turn_so_far(100) == question[:, 100:]).all()


async def test_after_the_word_alone_the_next_turn_is_the_question() -> None:
    told = Told()
    async with listening_for(LoudModel(), told) as listening:
        assert await hear(listening, SLEEP, (WORD, 0.5), SLEEP) == []
        assert told.heard_words == ["computer"]
        started, ended = await hear(listening, (SPEECH, 1.0), SLEEP)
        assert isinstance(started, SpeechStarted)
        assert isinstance(ended, TurnEnded)
        assert ended.speech_s == pytest.approx(1.0, abs=0.1)
        # Awake for one question only.
        assert await hear(listening, (SPEECH, 1.0), SLEEP) == []
    assert told.dozed == 0


async def test_it_goes_back_to_sleep_when_no_question_comes() -> None:
    told = Told()
    async with listening_for(LoudModel(), told) as listening:
        await hear(listening, SLEEP, (WORD, 0.5), (0, 2.5))
        assert told.dozed == 0
        assert await hear(listening, (0, 2.5)) == []
        assert told.dozed == 1
        assert await hear(listening, (SPEECH, 1.0), SLEEP) == []
    assert told.dozed == 1


async def test_a_conversation_passes_without_a_stop_word() -> None:
    told = Told(passes_all=True)
    async with listening_for(LoudModel(), told) as listening:
        started = await hear(listening, SLEEP, (SPEECH, 0.5))
        assert isinstance(started[0], SpeechStarted)
        told.passes_all = False  # the reply ended meanwhile
        (ended,) = await hear(listening, (SPEECH, 0.5), SLEEP)
        assert isinstance(ended, TurnEnded)
    assert told.heard_words == []


async def test_an_idle_connection_runs_no_spotter() -> None:
    told, model = Told(), LoudModel()
    async with listening_for(model, told) as listening:
        await hear(listening, (0, 5.0))
        assert model.threads == set()
        await hear(listening, (SPEECH, 1.0), (0, 5.0))
        # The turn with its pre-roll and its pause, and no more.
        assert 1.0 < model.heard < 2.6


async def test_a_turn_can_be_ended_taken_back_and_forgotten() -> None:
    told = Told()
    async with listening_for(LoudModel(), told) as listening:
        assert listening.end_turn() is None
        await hear(listening, SLEEP, (SPEECH, 1.0))
        asleep = listening.end_turn()
        assert asleep is not None
        assert asleep.speech_s > 0.8
        _, first = await hear(listening, SLEEP, (WORD, 0.5), (SPEECH, 1.0), SLEEP)
        assert isinstance(first, TurnEnded)
        assert listening.resume_turn()
        (both,) = await hear(listening, (SPEECH, 1.0), SLEEP)
        assert isinstance(both, TurnEnded)
        assert both.start == first.start
        assert both.speech_s > first.speech_s + 0.8
        await hear(listening, SLEEP, (WORD, 0.5), SLEEP)
        listening.reset()
        assert await hear(listening, (SPEECH, 1.0), SLEEP) == []


async def test_what_a_spotter_raises_is_raised() -> None:
    class Broken(LoudModel):
        def spotter(self, stop_words: Sequence[str]) -> LoudSpotter:
            raise RuntimeError("no model")

    async with listening_for(Broken(), Told()) as listening:
        with pytest.raises(RuntimeError, match="no model"):
            await hear(listening, SLEEP, (SPEECH, 1.0), SLEEP)
