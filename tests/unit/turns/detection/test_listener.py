"""Sound in chunks of any size to whichever detector, off the event loop."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.errors import ConfigurationError, SessionClosedError
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.silero import SileroDetector, get_silero_model
from gradio_webrtc.turns.detection.spared_steps import SparedSteps
from gradio_webrtc.turns.detection.speech_events import SpeechEvent, SpeechStarted, TurnEnded
from gradio_webrtc.turns.options import AlgoOptions, SileroVadOptions
from tests.support.synthetic_speech import chunks, joined, say, silence

SENTENCE = "Good morning, how are you today?"


class LoudDetector:
    """Takes whatever is loud for speech; keeps what it was given."""

    def __init__(self, sample_rate: int = 16_000, window_samples: int = 512) -> None:
        self.sample_rate = sample_rate
        self.window_samples = window_samples
        self.heard: list[np.ndarray] = []
        self.threads: set[threading.Thread] = set()
        self.resets = self.closed = 0

    def probability(self, window: np.ndarray) -> float:
        assert window.dtype == np.float32
        assert window.shape == (self.window_samples,)
        self.heard.append(window.copy())
        self.threads.add(threading.current_thread())
        return float(np.abs(window).max() > 0.1)

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closed += 1


class PublishedModel:
    """A model as published: it measures a stretch of sound."""

    def __init__(self) -> None:
        self.warm = 0
        self.heard: list[tuple[int, np.ndarray]] = []
        self.options: set[Any] = set()
        self.threads: set[threading.Thread] = set()

    def vad(self, audio: tuple[int, np.ndarray], options: Any) -> tuple[float, list[Any]]:
        assert self.warm
        rate, samples = audio
        self.heard.append((rate, samples.copy()))
        self.options.add(options)
        self.threads.add(threading.current_thread())
        return float(np.sum(np.abs(samples) > 3_000) / rate), []

    def warmup(self) -> None:
        self.warm += 1


async def hear_all(
    listener: Listener, sound: np.ndarray, rate: int = 48_000, seconds: float = 0.02
) -> list[SpeechEvent]:
    events: list[SpeechEvent] = []
    for chunk in chunks(sound, rate, seconds):
        events += await listener.hear((rate, chunk))
    return events


def loud(seconds: float, rate: int = 48_000) -> np.ndarray:
    return np.full(round(seconds * rate), 12_000, np.int16)


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
async def test_a_spoken_sentence_is_one_turn(rate: int) -> None:
    spoken = say(SENTENCE, "en-us", rate)
    listener = Listener(rate)
    sound = joined(silence(1, rate), spoken, silence(1, rate))
    started, ended = await hear_all(listener, sound, rate)
    await listener.aclose()
    assert isinstance(started, SpeechStarted)
    assert abs(started.time - 1) < 0.15
    assert isinstance(ended, TurnEnded)
    assert abs(ended.time - 1 - len(spoken) / rate) < 0.2
    # All that was said is in it, to the sample.
    start = round((started.time - 0.4) * rate)
    at = np.flatnonzero(ended.utterance[0])[0]
    assert np.array_equal(ended.utterance[0, at : at + len(spoken)], spoken)
    assert start / rate < 1


async def test_the_same_sound_gives_the_same_events_in_any_chunks() -> None:
    spoken = say("Yes, I think so.", "en", 24_000)
    sound = joined(silence(0.4, 24_000), spoken, silence(0.8, 24_000), spoken, silence(1, 24_000))
    wanted = None
    for sizes in ([480], [37], [7, 3_000, 11], [100_000], [768], [767, 769]):
        listener, events, at, turn = Listener(24_000), [], 0, 0
        while at < len(sound):
            size = sizes[turn % len(sizes)]
            events += await listener.hear((24_000, sound[np.newaxis, at : at + size]))
            at, turn = at + size, turn + 1
        await listener.aclose()
        seen = [
            (event.time, event.utterance.tobytes() if isinstance(event, TurnEnded) else b"")
            for event in events
        ]
        assert len(seen) == 4
        wanted = wanted or seen
        assert seen == wanted


@pytest.mark.parametrize(
    ("rate", "detector_rate", "window"),
    [(48_000, 16_000, 512), (44_100, 16_000, 512), (8_000, 16_000, 512), (24_000, 8_000, 256),
     (16_000, 16_000, 512), (11_025, 48_000, 480)],
)  # fmt: skip
async def test_a_detector_hears_every_sample_once(
    rate: int, detector_rate: int, window: int
) -> None:
    detector = LoudDetector(detector_rate, window)
    listener = Listener(rate, model=lambda: detector)
    time = np.arange(2 * rate) / rate
    sound = (np.sin(2 * np.pi * 200 * time) * 8_000).astype(np.int16)
    await hear_all(listener, sound, rate)
    await listener.aclose()
    heard = np.concatenate(detector.heard)
    assert abs(len(heard) / detector_rate - 2) <= 2 * window / detector_rate
    # A sine without a seam: its second difference is small everywhere after the first moments.
    steady = heard[detector_rate // 20 :]
    w = 2 * np.pi * 200 / detector_rate
    residue = steady[2:] - 2 * np.cos(w) * steady[1:-1] + steady[:-2]
    assert np.abs(residue).max() < 0.002


async def test_detectors_run_off_the_event_loop_on_one_thread() -> None:
    detector = LoudDetector()
    listener = Listener(48_000, model=lambda: detector)
    await hear_all(listener, joined(loud(0.5), silence(1)))
    assert len(detector.threads) == 1
    assert threading.current_thread() not in detector.threads
    await listener.aclose()
    await listener.aclose()
    assert detector.closed == 1


class Trips:
    """Counts a listener's trips to its thread."""

    def __init__(self, listener: Listener) -> None:
        self.count = 0
        self._call = listener._worker.call
        listener._worker.call = self  # type: ignore[method-assign, assignment]

    def __call__(self, *args: Any) -> Any:
        self.count += 1
        return self._call(*args)


async def test_one_trip_to_the_thread_for_each_window_at_most() -> None:
    listener = Listener(48_000, model=LoudDetector)
    await listener.load()
    trips = Trips(listener)
    await hear_all(listener, loud(3.2))
    assert trips.count == 100
    await listener.hear((48_000, loud(3.2)[np.newaxis]))
    assert trips.count == 101
    await listener.aclose()


@pytest.mark.parametrize(("hurry", "expected"), [(False, 26), (True, 100)])
async def test_while_nobody_speaks_windows_are_judged_together(hurry: bool, expected: int) -> None:
    listener = Listener(48_000, model=LoudDetector, hurry=lambda: hurry)
    await listener.load()
    trips = Trips(listener)
    await hear_all(listener, silence(3.2))
    assert trips.count == pytest.approx(expected, abs=1)
    await listener.aclose()


async def test_the_embedded_detector_is_spared_silence_and_hears_what_comes_then() -> None:
    spoken = say(SENTENCE, "en-us", 44_100)
    sound = joined(silence(3.2, 44_100), spoken, silence(1.5, 44_100), spoken, silence(3, 44_100))
    faint = sound + np.random.default_rng(1).integers(-9, 10, len(sound)).astype(np.int16)
    found = []
    for heard, expected in [(sound, 200), (faint, 10_000)]:
        listener = Listener(44_100, hurry=lambda: True)
        await listener.load()
        trips = Trips(listener)
        found.append(await hear_all(listener, heard, 44_100))
        assert trips.count < expected
        await listener.aclose()
    spared, asked = found
    assert [type(event) for event in spared] == [SpeechStarted, TurnEnded] * 2
    for one, other in zip(spared, asked, strict=True):
        assert abs(one.time - other.time) <= 0.07


@pytest.mark.parametrize("level", [12, 150])
async def test_the_embedded_detector_is_spared_a_quiet_room_and_hears_the_same(level: int) -> None:
    spoken = say(SENTENCE, "en-us", 16_000)
    sound = joined(silence(5, 16_000), spoken, silence(5, 16_000), spoken, silence(2, 16_000))
    sound = sound + np.random.default_rng(1).normal(0, level, len(sound)).astype(np.int16)
    found = []
    for lookback, most in [(SileroDetector.lookback, 0.6), (0, 1.0)]:
        listener = Listener(16_000, hurry=lambda: True)
        await listener.load()
        listener._scorer.lookback = lookback
        listener._spared = SparedSteps(16_000, listener._scorer.silence, lookback)
        trips = Trips(listener)
        found.append(await hear_all(listener, sound, 16_000))
        assert trips.count <= most * len(sound) / 512
        await listener.aclose()
    spared, asked = found
    assert [type(event) for event in spared] == [SpeechStarted, TurnEnded] * 2
    for one, other in zip(spared, asked, strict=True):
        assert abs(one.time - other.time) <= 0.035


@pytest.mark.parametrize("gap", ["absent", "reset"])
async def test_what_it_was_spared_is_forgotten_with_everything_else(gap: str) -> None:
    listener = Listener(48_000)
    await hear_all(listener, silence(3.2))
    if gap == "reset":
        listener.reset()
    else:
        await listener.absent(1.0)
    events = await hear_all(listener, joined(say(SENTENCE, "en-us", 48_000), silence(1.5)))
    assert [type(event) for event in events] == [SpeechStarted, TurnEnded]
    await listener.aclose()


async def test_a_class_or_a_model_makes_a_detector_for_each_connection() -> None:
    made: list[LoudDetector] = []

    class Model:
        def detector(self) -> LoudDetector:
            made.append(LoudDetector())
            return made[-1]

    listeners = [Listener(48_000, model=Model()) for _ in range(2)]
    for listener in listeners:
        events = await hear_all(listener, joined(loud(0.5), silence(1)))
        assert [type(event) for event in events] == [SpeechStarted, TurnEnded]
        await listener.aclose()
    assert len(made) == 2


async def test_a_published_model_measures_the_sliding_window() -> None:
    model = PublishedModel()
    algo = AlgoOptions(audio_chunk_duration=0.8)
    listener = Listener(24_000, 1, algo, "its options", model)
    sound = joined(silence(1, 24_000), loud(1, 24_000), silence(1.5, 24_000))
    started, ended = await hear_all(listener, sound, 24_000)
    await listener.aclose()
    assert isinstance(started, SpeechStarted)
    assert isinstance(ended, TurnEnded)
    assert abs(ended.time - 2) <= 0.2
    assert np.count_nonzero(ended.utterance) == 24_000
    assert model.warm == 1
    assert model.options == {"its options"}
    assert {rate for rate, _ in model.heard} == {24_000}
    assert {samples.shape for _, samples in model.heard} == {(19_200,)}
    assert threading.current_thread() not in model.threads
    assert len(model.heard) == pytest.approx(3.5 / 0.2, abs=1)


async def test_the_embedded_model_also_serves_as_a_published_one() -> None:
    class Published:
        vad = staticmethod(get_silero_model().vad)
        warmup = staticmethod(get_silero_model().warmup)

    spoken = say(SENTENCE, "en", 24_000)
    listener = Listener(24_000, model=Published(), options=SileroVadOptions(speech_pad_ms=0))
    sound = joined(silence(1, 24_000), spoken, silence(1.5, 24_000))
    started, ended = await hear_all(listener, sound, 24_000)
    await listener.aclose()
    assert isinstance(started, SpeechStarted)
    assert isinstance(ended, TurnEnded)
    assert len(ended.utterance[0]) > len(spoken)


async def test_stereo_is_judged_as_mono_and_handed_on_as_stereo() -> None:
    listener = Listener(48_000, 2, model=LoudDetector)
    sound = joined(loud(0.5), silence(1))
    events = await listener.hear((48_000, np.stack([sound, sound // 2])))
    assert isinstance(events[-1], TurnEnded)
    assert events[-1].utterance.shape[0] == 2
    await listener.aclose()


async def test_sound_of_another_rate_is_converted() -> None:
    listener = Listener(24_000, model=LoudDetector)
    events = await hear_all(listener, joined(loud(0.5), silence(1)), 48_000)
    assert isinstance(events[-1], TurnEnded)
    loud_samples = np.count_nonzero(np.abs(events[-1].utterance) > 6_000)
    assert abs(loud_samples - 12_000) < 100
    await listener.aclose()


async def test_a_reset_starts_anew() -> None:
    detector = LoudDetector()
    listener = Listener(48_000, model=lambda: detector)
    await hear_all(listener, loud(0.5))
    assert listener.speaking
    assert listener.speech_s > 0.3
    assert (listener.turn_so_far(4_800) == listener.turn_so_far()[:, 4_800:]).all()
    listener.reset()
    assert listener.turn_so_far().shape == (1, 0)
    assert not listener.speaking
    assert not await hear_all(listener, silence(1))
    assert detector.resets == 1
    assert len(await hear_all(listener, joined(loud(0.5), silence(1)))) == 2
    await listener.aclose()


async def test_a_closed_listener_says_so() -> None:
    listener = Listener(48_000, model=LoudDetector)
    await listener.aclose()
    with pytest.raises(SessionClosedError):
        await listener.hear((48_000, silence(1)[np.newaxis]))


async def test_what_a_detector_raises_comes_out() -> None:
    def broken() -> LoudDetector:
        raise LookupError("no such model")

    listener = Listener(48_000, model=broken)
    with pytest.raises(LookupError, match="no such model"):
        await listener.hear((48_000, silence(1)[np.newaxis]))
    await listener.aclose()


def test_what_is_no_model_is_refused() -> None:
    for wrong in ("silero", LoudDetector(), 3):
        with pytest.raises(ConfigurationError, match=r"detector\(\), or vad\(\) and warmup\(\)"):
            Listener(48_000, model=wrong)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def idle_detectors() -> Iterator[None]:
    """What a test took from the shared model it gave back."""
    before = get_silero_model().idle
    yield
    assert get_silero_model().idle >= before


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(0, 5_000), min_size=1, max_size=8))
def test_windows_do_not_depend_on_chunks(sizes: list[int]) -> None:
    if not any(sizes):
        return
    listener = Listener(44_100, model=LoudDetector)
    listener._scorer.load()
    sound, at, steps, turn = np.arange(30_000, dtype=np.int16)[np.newaxis], 0, [], 0
    while at < 30_000:
        size = sizes[turn % len(sizes)]
        steps += listener._complete_steps(44_100, sound[:, at : at + size])
        at, turn = at + size, turn + 1
    assert [step.shape[1] for step in steps[:5]] == [1411, 1411, 1411, 1411, 1412]
    assert np.array_equal(
        np.concatenate(steps, axis=1)[0], np.arange(sum(s.shape[1] for s in steps))
    )
