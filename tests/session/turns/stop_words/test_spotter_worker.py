"""A spotter that is slower than speech: it skips and says so, and never falls behind for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest

from gradio_webrtc.speech.keywords.spotter import SPOTTER_RATE, Spotted
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.stop_words import spotter_worker as spotting
from gradio_webrtc.turns.stop_words.spotter_worker import SpotterWorker
from gradio_webrtc.turns.stop_words.stop_word_listener import BEHIND_S, KEPT_S, StopWordListener
from tests.support.loudness_detector import RATE, SPEECH, WORD, LoudDetector, LoudModel, LoudSpotter
from tests.support.sessions import until

BLOCK = RATE // 2


class SlowModel(LoudModel):
    """Its spotter hears nothing while ``gate`` is closed.

    Attributes:
        pieces: the seconds of each sound that it was given.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.pieces: list[float] = []

    def spotter(self, stop_words: Sequence[str]) -> LoudSpotter:
        return SlowSpotter(self, stop_words[0])


class SlowSpotter(LoudSpotter):
    model: SlowModel

    def hear(self, samples: np.ndarray) -> Spotted | None:
        self.model.pieces.append(samples.size / SPOTTER_RATE)
        self.model.gate.wait(20)
        return super().hear(samples)


def listening_for(model: LoudModel, woke: list[str]) -> StopWordListener:
    return StopWordListener(
        Listener(RATE, 1, model=LoudDetector),
        SpotterWorker(model, ["computer"], RATE),
        3.0,
        woke.append,
        lambda: None,
        lambda: False,
    )


async def hear(listening: StopWordListener, level: int, seconds: float) -> None:
    sound = np.full((1, round(seconds * RATE)), level, np.int16)
    for at in range(0, sound.shape[1], BLOCK):
        await listening.hear((RATE, sound[:, at : at + BLOCK]))


async def test_it_goes_on_with_the_latest_sound_and_then_hears_the_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model, woke = SlowModel(), []
    listening = listening_for(model, woke)
    await hear(listening, 0, 1.0)
    await hear(listening, SPEECH, 60.0)  # a monologue, of which it hears the beginning for ever
    model.gate.set()
    await until(lambda: not listening._spotter.busy)
    await hear(listening, SPEECH, 1.0)
    await hear(listening, WORD, 0.5)
    await hear(listening, SPEECH, 1.0)
    await hear(listening, 0, 1.0)
    await listening.aclose()
    assert woke == ["computer"]
    assert max(model.pieces) <= BEHIND_S
    assert model.pieces[1] == pytest.approx(KEPT_S, abs=0.1)
    assert sum(model.pieces) < 10
    assert caplog.text.count("is slower than speech") == 1


async def test_what_is_said_while_it_loads_is_heard_all_the_same() -> None:
    model, woke = SlowModel(), []
    listening = listening_for(model, woke)
    await hear(listening, 0, 1.0)
    await hear(listening, WORD, 0.5)
    await hear(listening, SPEECH, BEHIND_S - KEPT_S)
    model.gate.set()
    await hear(listening, 0, 1.0)
    await listening.aclose()
    assert woke == ["computer"]


async def test_the_end_of_a_turn_waits_for_it_only_so_long(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(spotting, "FINISH_S", 0.2)
    model, woke = SlowModel(), []
    listening = listening_for(model, woke)
    for _ in range(3):
        await hear(listening, 0, 1.0)
        await hear(listening, WORD, 0.5)
        await hear(listening, SPEECH, 1.0)
        began = time.monotonic()
        await hear(listening, 0, 1.0)
        assert time.monotonic() - began < 2.0
    assert woke == []
    model.gate.set()
    await hear(listening, 0, 1.0)
    await hear(listening, WORD, 0.5)
    await hear(listening, 0, 1.0)
    await listening.aclose()
    assert woke == ["computer"]
    # What was given up is not worked on later.
    assert len(model.pieces) <= 4 + 10
    assert caplog.text.count("at the end of a turn") == 1
