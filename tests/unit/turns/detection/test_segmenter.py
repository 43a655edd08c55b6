"""Scripted probabilities in, turns out; the properties hold for any sound and any options."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.turns.detection.segmenter import LONGEST_S, RESUMABLE_S, SpeechSegmenter
from gradio_webrtc.turns.detection.speech_events import SpeechEvent, SpeechStarted, TurnEnded
from gradio_webrtc.turns.options import AlgoOptions, SileroVadOptions

RATE = 1_000
"""A sample is a millisecond."""
WINDOW = 32
HALF_SECOND = 0.5 + WINDOW / 1000

Heard = list[tuple[float, SpeechEvent]]


class DecodedAudio:
    """Feeds a segmenter; every sample is its own number, so that it can be found again."""

    def __init__(
        self, algo: AlgoOptions | None = None, vad: SileroVadOptions | None = None
    ) -> None:
        self.segmenter = SpeechSegmenter(RATE, 1, algo or AlgoOptions(), vad)
        self.now = 0
        self.heard: Heard = []

    def push(self, probability: float, seconds: float) -> Heard:
        """Say something of one probability for some seconds; return what that led to."""
        found: Heard = []
        for _ in range(round(seconds * RATE / WINDOW)):
            for event in self.segmenter.push(self._next(), probability):
                found.append((self.now / RATE, event))
        self.heard += found
        return found

    def _next(self) -> np.ndarray:
        samples = np.arange(self.now, self.now + WINDOW, dtype=np.int64)
        self.now += WINDOW
        return (samples % 30_000).astype(np.int16)[np.newaxis]


def turns(heard: Heard) -> list[TurnEnded]:
    return [event for _, event in heard if isinstance(event, TurnEnded)]


def span(turn: TurnEnded) -> tuple[int, int]:
    """Where an utterance begins and ends, checking that nothing in it is missing or doubled."""
    samples = turn.utterance[0].astype(np.int64)
    assert np.all(np.diff(samples) % 30_000 == 1)
    return int(samples[0]), int(samples[0]) + len(samples)


def test_a_turn_begins_and_ends_half_a_second_after_the_last_speech() -> None:
    sound = DecodedAudio()
    sound.push(0.0, 2.016)
    assert [type(event) for _, event in sound.push(0.9, 1.024)] == [SpeechStarted]
    spoken_until = sound.now / RATE
    ((at, event),) = sound.push(0.0, 2)
    assert isinstance(event, TurnEnded)
    assert event.paused
    assert event.time == spoken_until
    assert event.speech_s == pytest.approx(1.024)
    assert 0.5 < at - spoken_until <= HALF_SECOND
    assert event.silence_s == pytest.approx(at - spoken_until)


def test_the_utterance_begins_before_the_first_speech_and_ends_after_the_last() -> None:
    sound = DecodedAudio()
    sound.push(0.0, 2.016)
    sound.push(0.9, 1.024)
    sound.push(0.0, 2)
    (turn,) = turns(sound.heard)
    first = sound.heard[0][1]
    assert isinstance(first, SpeechStarted)
    assert first.time == pytest.approx(2.016)
    assert span(turn) == (2_016 - 400, 2_016 + 1_024 + 400)


@pytest.mark.parametrize("silence_ms", [100, 300, 500, 1_000, 3_000])
def test_silence_ms_is_the_pause_that_ends_a_turn(silence_ms: float) -> None:
    sound = DecodedAudio(AlgoOptions(silence_ms=silence_ms))
    sound.push(0.9, 1.024)
    sound.push(0.0, silence_ms / 1000 - WINDOW / 1000)
    assert not turns(sound.heard)
    ((at, _),) = sound.push(0.0, 3.1 * WINDOW / 1000)
    assert silence_ms <= round(at * 1000) - 1_024 < silence_ms + 2 * WINDOW


def test_a_short_pause_and_a_breath_end_no_turn() -> None:
    sound = DecodedAudio()
    for _ in range(5):
        sound.push(0.9, 0.512)
        sound.push(0.0, 0.384)
    assert [type(event) for _, event in sound.heard] == [SpeechStarted]


def test_speech_goes_on_a_little_below_the_threshold_and_does_not_begin_there() -> None:
    assert not DecodedAudio().push(0.45, 3)
    sound = DecodedAudio()
    sound.push(0.6, 0.32)
    sound.push(0.4, 3)
    assert sound.segmenter.speaking
    assert [type(event) for _, event in sound.push(0.3, 1)] == [TurnEnded]


@pytest.mark.parametrize("length", [0.032, 0.128, 0.224])
def test_noises_shorter_than_the_shortest_speech_begin_no_turn(length: float) -> None:
    sound = DecodedAudio()
    for _ in range(20):
        sound.push(0.95, length)
        sound.push(0.0, 0.16)
    assert not sound.heard


def test_the_closure_of_a_stop_consonant_does_not_break_a_run() -> None:
    sound = DecodedAudio()
    for length, gap in [(0.128, 0.064), (0.128, 0.064)]:
        sound.push(0.9, length)
        sound.push(0.0, gap)
    sound.push(0.9, 0.032)
    assert [type(event) for _, event in sound.heard] == [SpeechStarted]


def test_every_speech_counts_once_a_turn_has_begun() -> None:
    sound = DecodedAudio()
    sound.push(0.9, 0.512)
    for _ in range(10):
        sound.push(0.0, 0.32)
        sound.push(0.9, 0.16)
    assert not turns(sound.heard)


def test_without_a_shortest_speech_the_window_alone_decides() -> None:
    vad = SileroVadOptions(min_speech_duration_ms=0)
    sound = DecodedAudio(AlgoOptions(started_talking_threshold=0.1), vad)
    for length in (0.032, 0.032, 0.032):
        sound.push(0.9, length)
        sound.push(0.0, 0.128)
    assert not sound.heard
    sound.push(0.9, 0.032)
    assert [type(event) for _, event in sound.heard] == [SpeechStarted]


def test_a_longest_turn_ends_without_a_pause_and_the_next_one_joins_it() -> None:
    sound = DecodedAudio(AlgoOptions(max_continuous_speech_s=2))
    sound.push(0.9, 6.4)
    sound.push(0.0, 1)
    found = turns(sound.heard)
    assert [turn.paused for turn in found] == [False, False, False, True]
    spans = [span(turn) for turn in found]
    for before, after in itertools.pairwise(spans):
        assert after[0] == before[1]
    for start, end in spans:
        assert end - start <= 2_000 + 400 + WINDOW


def test_the_published_longest_speech_counts_as_well() -> None:
    sound = DecodedAudio(vad=SileroVadOptions(max_speech_duration_s=1))
    sound.push(0.9, 1.5)
    assert [turn.paused for turn in turns(sound.heard)] == [False]


def test_no_turn_is_longer_than_ten_minutes() -> None:
    sound = DecodedAudio()
    sound.push(0.9, LONGEST_S + 1)
    assert [turn.paused for turn in turns(sound.heard)] == [False]


def test_a_resumed_turn_carries_all_of_it() -> None:
    sound = DecodedAudio()
    sound.push(0.0, 0.64)
    sound.push(0.9, 0.64)
    sound.push(0.0, 1.28)
    assert sound.segmenter.resume_turn()
    assert sound.segmenter.speaking
    assert not sound.push(0.0, 1.6)
    assert not sound.push(0.9, 0.64)
    sound.push(0.0, 1)
    first, second = turns(sound.heard)
    assert span(first)[0] == span(second)[0]
    assert second.speech_s == pytest.approx(1.28)
    assert span(second)[1] - span(second)[0] == len(second.utterance[0]) > 4_000


def test_a_turn_begun_meanwhile_joins_the_resumed_one() -> None:
    sound = DecodedAudio()
    sound.push(0.9, 0.64)
    sound.push(0.0, 1.28)
    sound.push(0.9, 0.64)
    assert sound.segmenter.resume_turn()
    sound.push(0.0, 1)
    first, second = turns(sound.heard)
    assert span(second)[0] == span(first)[0]
    assert second.speech_s == pytest.approx(1.28)


def test_a_resumed_turn_is_not_waited_for_for_ever() -> None:
    sound = DecodedAudio()
    sound.push(0.9, 0.64)
    sound.push(0.0, 1)
    assert sound.segmenter.resume_turn()
    ((_, event),) = sound.push(0.0, RESUMABLE_S + 1)
    assert isinstance(event, TurnEnded)
    assert not sound.segmenter.speaking


def test_there_is_nothing_to_resume_before_a_turn_and_long_after_one() -> None:
    sound = DecodedAudio()
    assert not sound.segmenter.resume_turn()
    sound.push(0.9, 0.64)
    sound.push(0.0, RESUMABLE_S + 1)
    assert not sound.segmenter.resume_turn()


def test_a_turn_can_be_ended_at_any_moment() -> None:
    sound = DecodedAudio()
    assert sound.segmenter.end_turn() is None
    sound.push(0.9, 0.64)
    turn = sound.segmenter.end_turn()
    assert turn is not None
    assert span(turn) == (0, 640)
    assert not sound.segmenter.speaking
    assert not sound.push(0.0, 2)


def test_a_pause_tells_how_long_it_is_and_what_was_said_before_it() -> None:
    sound = DecodedAudio(AlgoOptions(silence_ms=800))
    sound.push(0.0, 1.024)
    assert sound.segmenter.pause() is None
    sound.push(0.9, 1.024)
    spoken_until = sound.now
    sound.push(0.0, 0.16)
    pause = sound.segmenter.pause()
    assert pause is not None
    assert (pause.since, pause.seconds) == (spoken_until / RATE, 0.16)
    assert not pause.uncertain
    so_far = pause.turn()
    assert span(so_far)[1] == sound.now
    ((_, ended),) = sound.push(0.0, 0.8)
    assert isinstance(ended, TurnEnded)
    assert (so_far.time, so_far.speech_s, so_far.start) == (
        ended.time,
        ended.speech_s,
        ended.start,
    )
    assert span(so_far)[0] == span(ended)[0]
    assert sound.segmenter.pause() is None


def test_more_speech_makes_it_another_pause() -> None:
    sound = DecodedAudio(AlgoOptions(silence_ms=800))
    sound.push(0.0, 1.024)
    sound.push(0.9, 1.024)
    sound.push(0.0, 0.32)
    before = sound.segmenter.pause()
    sound.push(0.9, 0.064)
    sound.push(0.0, 0.32)
    after = sound.segmenter.pause()
    assert before is not None
    assert after is not None
    assert after.since > before.since
    assert after.seconds == before.seconds


def test_speech_s_counts_the_speech_of_the_turn() -> None:
    sound = DecodedAudio()
    assert sound.segmenter.speech_s == 0
    sound.push(0.9, 0.64)
    assert sound.segmenter.speech_s == pytest.approx(0.64)
    sound.push(0.0, 0.32)
    assert sound.segmenter.speech_s == pytest.approx(0.64)
    sound.push(0.0, 1)
    assert sound.segmenter.speech_s == 0


def test_a_reset_forgets_the_turn_and_its_sound() -> None:
    sound = DecodedAudio()
    sound.push(0.9, 0.64)
    sound.segmenter.reset()
    assert not sound.segmenter.speaking
    assert not sound.segmenter.resume_turn()
    assert not sound.push(0.0, 2)
    sound.segmenter.reset()
    sound.push(0.9, 0.64)
    turn = sound.segmenter.end_turn()
    assert turn is not None
    assert len(turn.utterance[0]) == 640


def test_little_is_kept_while_nobody_speaks() -> None:
    sound = DecodedAudio()
    sound.push(0.9, 20)
    sound.push(0.0, RESUMABLE_S + 2)
    for _ in range(50):
        sound.push(0.0, 0.5)
        sound.push(0.9, 0.1)
        assert sound.segmenter.buffered_s < 1.1


def test_stereo_stays_stereo() -> None:
    segmenter = SpeechSegmenter(RATE, 2, AlgoOptions())
    for _ in range(20):
        segmenter.push(np.ones((2, WINDOW), np.int16), 0.9)
    turn = segmenter.end_turn()
    assert turn is not None
    assert turn.utterance.shape == (2, 640)
    assert turn.utterance.dtype == np.int16


STEP = 150


def measured(truth: Sequence[bool]) -> Iterable[tuple[np.ndarray, float]]:
    """The steps and exact measures of a sound of which ``truth`` tells speech, by the sample."""
    for start in range(0, len(truth) - STEP + 1, STEP):
        stop = start + STEP
        yield (
            np.arange(start, stop, dtype=np.int16)[np.newaxis],
            sum(truth[max(0, stop - 600) : stop]) / RATE,
        )


def test_measures_of_a_window_find_the_same_turn() -> None:
    truth = [False] * 1_500 + [True] * 1_200 + [False] * 1_500
    segmenter = SpeechSegmenter(RATE, 1, AlgoOptions())
    events = []
    for samples, seconds in measured(truth):
        events += segmenter.push_measured(samples, seconds)
    started, ended = events
    assert isinstance(started, SpeechStarted)
    assert abs(started.time - 1.5) <= 0.15
    assert isinstance(ended, TurnEnded)
    assert abs(ended.time - 2.7) <= 0.15
    assert abs(ended.speech_s - 1.2) <= 0.15
    start, end = span(ended)
    assert start <= 1_200
    assert 2_700 <= end <= 3_400


probabilities = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.4, 0.6, 0.95]), st.integers(1, 40)),
    min_size=1,
    max_size=25,
)
options = st.builds(
    lambda duration, begins, ends, longest, silence: AlgoOptions(
        audio_chunk_duration=duration,
        started_talking_threshold=begins * duration,
        speech_threshold=ends * duration,
        max_continuous_speech_s=longest,
        silence_ms=silence,
    ),
    st.floats(0.1, 2),
    st.floats(0, 0.9),
    st.floats(0, 0.9),
    st.one_of(st.just(float("inf")), st.floats(0.5, 5)),
    st.one_of(st.none(), st.floats(50, 2_000)),
)
vads = st.builds(
    SileroVadOptions,
    min_speech_duration_ms=st.integers(0, 600),
    speech_pad_ms=st.integers(0, 800),
)


@settings(max_examples=60, deadline=None)
@given(script=probabilities, algo=options, vad=vads)
def test_events_alternate_and_no_sample_is_doubled(
    script: list[tuple[float, int]], algo: AlgoOptions, vad: SileroVadOptions
) -> None:
    sound = DecodedAudio(algo, vad)
    for probability, windows in script:
        sound.push(probability, windows * WINDOW / RATE)
    for index, (_, event) in enumerate(sound.heard):
        assert isinstance(event, SpeechStarted if index % 2 == 0 else TurnEnded)
    end = 0
    for (_, started), (at, ended) in itertools.zip_longest(
        sound.heard[::2], sound.heard[1::2], fillvalue=(0.0, None)
    ):
        if ended is None:
            continue
        assert isinstance(started, SpeechStarted)
        assert isinstance(ended, TurnEnded)
        start, stop = span(ended)
        assert end <= start <= started.time * RATE + 1e-6
        assert start <= max(end, started.time * RATE - vad.speech_pad_ms + 1)
        assert ended.time * RATE <= stop + 1e-6 <= at * RATE + 1e-3
        longest = min(algo.max_continuous_speech_s, LONGEST_S) * RATE
        assert stop - start <= longest + vad.speech_pad_ms + 2 * WINDOW + algo_slack(algo, vad)
        end = stop


def algo_slack(algo: AlgoOptions, vad: SileroVadOptions) -> float:
    """A turn is only known once this much of it was heard, so it cannot end before."""
    return max(algo.audio_chunk_duration * RATE, vad.min_speech_duration_ms)


@settings(max_examples=60, deadline=None)
@given(script=probabilities, algo=options)
def test_a_turn_ends_at_the_first_moment_its_pause_is_there(
    script: list[tuple[float, int]], algo: AlgoOptions
) -> None:
    """The window is computed here from the whole history, in the plainest way."""
    sound, speech, goes_on = DecodedAudio(algo), [], False
    began, settled, last = 0, False, 0
    for probability, windows in [*script, (0.0, 40)]:
        for _ in range(windows):
            before = sound.segmenter.speaking
            found = sound.push(probability, WINDOW / RATE)
            goes_on = probability >= (0.35 if goes_on else 0.5)
            speech += [goes_on] * WINDOW
            last = len(speech) if goes_on else last
            length = round(algo.audio_chunk_duration * RATE)
            holds = sum(speech[max(began, len(speech) - length) :]) / RATE
            if not before:
                settled = holds >= algo.speech_threshold
            ended = [event for _, event in found if isinstance(event, TurnEnded)]
            if before and holds > 0:
                settled = settled or holds >= algo.speech_threshold
            if before:
                paused = holds == 0 or (settled and holds < algo.speech_threshold)
                if algo.silence_ms is not None:
                    paused = len(speech) - last >= algo.silence_ms
                assert any(turn.paused for turn in ended) == paused
            if ended:
                began = len(speech)


@settings(max_examples=40, deadline=None)
@given(script=probabilities, algo=options, vad=vads)
def test_all_speech_long_enough_is_in_some_utterance(
    script: list[tuple[float, int]], algo: AlgoOptions, vad: SileroVadOptions
) -> None:
    algo.max_continuous_speech_s = float("inf")
    sound = DecodedAudio(algo, vad)
    runs = []
    for probability, windows in [*script, (0.0, 80)]:
        start = sound.now
        sound.push(probability, windows * WINDOW / RATE)
        if probability >= 0.5:
            runs.append((start, sound.now))
    spans = [span(turn) for turn in turns(sound.heard)]
    needed = algo_slack(algo, vad) + WINDOW
    for start, stop in runs:
        if stop - start >= needed:
            assert any(first <= start and stop <= end for first, end in spans)
