"""Scores of steps of audio, whichever kind of detector gives them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.speech_scorer import (
    MEASURES_PER_WINDOW,
    DetectorScorer,
    ModelScorer,
    make_scorer,
)
from gradio_webrtc.turns.detection.vad import SpeechSegment
from gradio_webrtc.turns.options import AlgoOptions


class Peak:
    """A detector whose probability is the peak of the window; keeps the windows."""

    silence = 8

    def __init__(self, sample_rate: int = 16_000, window_samples: int = 512) -> None:
        self.sample_rate = sample_rate
        self.window_samples = window_samples
        self.windows: list[NDArray[np.float32]] = []
        self.resets = self.closed = 0

    def probability(self, window: NDArray[np.float32]) -> float:
        assert window.shape == (self.window_samples,)
        self.windows.append(window.copy())
        return float(np.abs(window).max())

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        self.closed += 1


class Measure:
    """A model as published: seconds that are not silent."""

    def __init__(self) -> None:
        self.warm = 0
        self.given: list[tuple[int, NDArray[Any], object]] = []

    def vad(
        self, audio: tuple[int, NDArray[Any]], options: object
    ) -> tuple[float, list[SpeechSegment]]:
        self.given.append((*audio, options))
        return float(np.count_nonzero(audio[1])) / audio[0], []

    def warmup(self) -> None:
        self.warm += 1


def loud(count: int, level: int = 16_384) -> Int16Array:
    return np.full((1, count), level, np.int16)


class TestDetector:
    def test_at_its_own_rate_it_gets_the_windows_as_they_are(self) -> None:
        detector = Peak()
        scorer = DetectorScorer(lambda: detector, 16_000)
        scorer.load()
        assert [scorer.boundary(index) for index in range(3)] == [512, 1_024, 1_536]
        assert scorer.score(loud(512)) == 0.5
        assert scorer.score(loud(512, 0)) == 0.0
        assert np.array_equal(detector.windows[0], np.full(512, 0.5, np.float32))
        assert not scorer.measures

    @pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
    def test_at_any_rate_there_is_a_whole_window_for_each_step(self, rate: int) -> None:
        detector = Peak()
        scorer = DetectorScorer(lambda: detector, rate)
        scorer.load()
        start = 0
        for index in range(40):
            stop = scorer.boundary(index)
            scorer.score(loud(stop - start))
            start = stop
        assert start == pytest.approx(40 * 512 * rate / 16_000, abs=1)
        heard = np.concatenate(detector.windows)
        assert heard[1_000:] == pytest.approx(0.5, abs=0.01)

    @pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
    @pytest.mark.parametrize("together", [2, 4, 7])
    def test_steps_scored_together_are_the_windows_of_one_after_the_other(
        self, rate: int, together: int
    ) -> None:
        apart, joined = Peak(), Peak()
        one, many = (DetectorScorer(lambda each=each: each, rate) for each in (apart, joined))
        one.load()
        many.load()
        ends = [0, *(one.boundary(index) for index in range(28))]
        sound = np.random.default_rng(2).normal(0, 3_000, (1, ends[-1])).astype(np.int16)
        steps = [sound[:, start:stop] for start, stop in pairwise(ends)]
        answers = [one.score(step) for step in steps]
        groups = [steps[at : at + together] for at in range(0, len(steps), together)]
        assert [answer for group in groups for answer in many.score_all(group)] == answers
        assert np.array_equal(joined.windows, apart.windows)

    def test_it_is_made_when_it_is_loaded_and_says_what_silence_is(self) -> None:
        made: list[Peak] = []

        def make() -> Peak:
            made.append(Peak())
            return made[-1]

        scorer = DetectorScorer(make, 16_000)
        scorer.close()
        assert (made, scorer.silence) == ([], 0)
        scorer.load()
        assert (len(made), scorer.silence) == (1, 8)
        scorer.close()
        assert made[0].closed == 1

    @pytest.mark.parametrize("how", ["reset", "absent"])
    def test_after_a_reset_or_a_gap_nothing_of_before_is_left(self, how: str) -> None:
        detector = Peak()
        scorer = DetectorScorer(lambda: detector, 48_000)
        scorer.load()
        scorer.score(loud(scorer.boundary(0)))
        if how == "reset":
            scorer.reset()
        else:
            scorer.absent(4_800)
        assert scorer.score(loud(scorer.boundary(0), 0)) == 0.0
        assert detector.resets == 1

    def test_after_silence_that_it_was_spared_it_hears_silence_first(self) -> None:
        scorer = DetectorScorer(Peak, 48_000)
        scorer.load()
        scorer.score(loud(scorer.boundary(0), 0))
        scorer.skipped([])
        assert scorer.score(loud(scorer.boundary(0))) == pytest.approx(0.5, abs=0.1)

    @pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
    def test_what_it_was_spared_it_hears_the_end_of_as_if_that_was_all(self, rate: int) -> None:
        noise = np.random.default_rng(2).normal(0, 3_000, (1, 8 * rate // 25)).astype(np.int16)
        made: list[Peak] = []

        def make() -> Peak:
            made.append(Peak())
            return made[-1]

        fresh, spared = DetectorScorer(make, rate), DetectorScorer(make, rate)
        fresh.load()
        spared.load()
        ends = [spared.boundary(index) for index in range(6)]
        steps = [noise[:, start:end] for start, end in pairwise([0, *ends])]
        spared.score_all(steps[:2])
        spared.skipped(steps[3:5])
        spared.score(steps[5])
        fresh.score_all(steps[3:6])
        for one, other in zip(made[0].windows, made[1].windows[2:], strict=True):
            assert np.array_equal(one, other)


class TestModel:
    @pytest.fixture
    def model(self) -> Measure:
        return Measure()

    @pytest.fixture
    def scorer(self, model: Measure) -> ModelScorer:
        return ModelScorer(model, "its options", 1_000, AlgoOptions(audio_chunk_duration=0.8))

    def test_it_is_warmed_up_and_measures_the_window_that_slides(
        self, model: Measure, scorer: ModelScorer
    ) -> None:
        scorer.load()
        assert model.warm == 1
        assert [scorer.boundary(index) for index in range(3)] == [200, 400, 600]
        assert scorer.measures
        answers = [scorer.score(loud(200)) for _ in range(MEASURES_PER_WINDOW + 1)]
        assert answers == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8])
        assert {(rate, samples.shape) for rate, samples, _ in model.given} == {(1_000, (800,))}
        assert {options for _, _, options in model.given} == {"its options"}

    def test_stereo_is_measured_as_mono(self, scorer: ModelScorer) -> None:
        assert scorer.score(np.full((2, 200), 9, np.int16)) == pytest.approx(0.2)

    def test_a_gap_is_silence_in_the_window(self, scorer: ModelScorer) -> None:
        scorer.score(loud(800))
        scorer.absent(300)
        assert scorer.score(loud(200, 0)) == pytest.approx(0.3)
        scorer.absent(10_000)
        assert scorer.score(loud(200, 0)) == 0.0

    def test_a_reset_empties_the_window(self, scorer: ModelScorer) -> None:
        scorer.score(loud(800))
        scorer.reset()
        assert scorer.score(loud(200)) == pytest.approx(0.2)

    def test_the_model_may_change_what_it_is_given(self) -> None:
        class Careless(Measure):
            def vad(
                self, audio: tuple[int, NDArray[Any]], options: object
            ) -> tuple[float, list[SpeechSegment]]:
                found = super().vad(audio, options)
                audio[1][:] = 0
                return found

        scorer = ModelScorer(Careless(), None, 1_000, AlgoOptions(audio_chunk_duration=0.8))
        scorer.score(loud(200))
        assert scorer.score(loud(200)) == pytest.approx(0.4)


class TestMaking:
    def test_each_kind_of_source_gets_its_scorer(self) -> None:
        class Model:
            def detector(self) -> Peak:
                return Peak()

        algo = AlgoOptions()
        for source in (Model(), Peak, lambda: Peak()):
            scorer = make_scorer(source, None, 16_000, algo)
            assert isinstance(scorer, DetectorScorer)
            scorer.load()
            assert scorer.score(loud(512)) == 0.5
        assert isinstance(make_scorer(Measure(), None, 16_000, algo), ModelScorer)

    @pytest.mark.parametrize("source", ["silero", Peak(), 7])
    def test_what_is_none_of_them_is_refused_by_its_type(self, source: Any) -> None:
        with pytest.raises(ConfigurationError, match=f"; got {type(source).__name__}"):
            make_scorer(source, None, 16_000, AlgoOptions())
