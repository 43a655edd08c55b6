"""A detector that goes by what a recogniser understood."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import EndingWords, TurnDetector, WordsTurnDetector
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.recognition.recognised import Recognised
from gradio_webrtc.turns.end_of_turn import words_turn_detector as module
from gradio_webrtc.turns.end_of_turn.question import EndOfTurnQuestion
from tests.support.moonshine_weights import needs_weights
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence

RATE = 16_000


class Recogniser:
    """Hears what the test says."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.heard: list[np.ndarray] = []

    def stt(self, audio: tuple[int, np.ndarray]) -> str:
        assert audio[0] == RATE
        self.heard.append(audio[1])
        return self.text


def utterance(seconds: float) -> tuple[int, np.ndarray]:
    return RATE, np.full((1, round(seconds * RATE)), 500, np.int16)


@pytest.mark.parametrize(
    ("text", "finished"),
    [("Play some music.", True), ("Play some music by the", False), ("Play, um", False)],
)
def test_it_goes_by_the_last_words(text: str, finished: bool) -> None:
    detector = WordsTurnDetector(Recogniser(text))
    likely = detector.finished(utterance(1))
    assert likely is not None
    assert (likely >= 0.5) is finished
    assert isinstance(detector, TurnDetector)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_no_words_leave_it_to_silence(text: str) -> None:
    assert WordsTurnDetector(Recogniser(text)).finished(utterance(1)) is None


@pytest.mark.parametrize(("confidence", "finished"), [(0.9, False), (0.4, None)])
def test_words_that_the_recogniser_doubts_decide_nothing(
    confidence: float, finished: bool | None
) -> None:
    class Doubting(Recogniser):
        def recognised(self, audio: tuple[int, np.ndarray]) -> Recognised:
            return Recognised(self.stt(audio), confidence)

    likely = WordsTurnDetector(Doubting("It might be more than")).finished(utterance(1))
    assert (None if likely is None else likely >= 0.5) is finished


@needs_weights
def test_what_is_said_in_english_is_judged_by_its_words() -> None:
    # Other languages: `python -m bench endings --language de`. A synthetic voice's sound depends on
    # what it said before, and so does what English ears make of German.
    detector = WordsTurnDetector("moonshine/tiny")

    def likely(text: str) -> float | None:
        said = joined(say(text, "en-us", RATE), silence(0.25, RATE))
        return detector.finished((RATE, said[np.newaxis]))

    finished, unfinished = likely("What time is it?"), likely("I ordered the shoes on Monday, but,")
    assert finished is not None
    assert finished >= 0.5
    assert unfinished is not None
    assert unfinished < 0.5


def test_nothing_said_asks_no_recogniser() -> None:
    recogniser = Recogniser("You")
    assert WordsTurnDetector(recogniser).finished(utterance(0)) is None
    assert recogniser.heard == []


def test_only_the_end_of_a_monologue_is_recognised_from_between_two_words() -> None:
    rate, samples = utterance(600)
    gap = samples.shape[1] - 5 * RATE + 3_200
    samples[0, gap : gap + 1_600] = 0
    recogniser = Recogniser("if you have a table for four")
    likely = WordsTurnDetector(recogniser, window_s=5.0).finished((rate, samples))
    (heard,) = recogniser.heard
    assert 4.7 * RATE < heard.shape[1] < 4.8 * RATE
    assert not heard[0, 0]
    # It is not known what came before, so "if" may be in the middle of a sentence.
    assert likely is not None
    assert likely > 0.5


def test_words_of_another_language() -> None:
    german = EndingWords(open_words=frozenset({"und"}))
    detector = WordsTurnDetector(Recogniser("Guten Tag und"), language=german)
    likely = detector.finished(utterance(1))
    assert likely is not None
    assert likely < 0.5


class TestRecogniser:
    def test_the_best_that_is_there_is_loaded_once_it_is_needed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str | None] = []

        def get(name: str | None = None) -> Recogniser:
            asked.append(name)
            return Recogniser("and")

        monkeypatch.setattr(module, "accurate_stt_engine", lambda: "good")
        monkeypatch.setattr(module, "get_stt_model", get)
        detector = WordsTurnDetector()
        assert asked == []
        detector.load()
        assert detector.finished(utterance(1)) is not None
        assert asked == ["good"]

    def test_one_that_gets_many_words_wrong_is_not_chosen(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GRADIO_WEBRTC_STT", "sphinx")
        with pytest.raises(ConfigurationError, match=r"gradio_webrtc\[stt\]"):
            WordsTurnDetector()
        WordsTurnDetector("sphinx")  # who names it gets it

    @pytest.mark.parametrize("seconds", [0, 0.5, 31, float("nan")])
    def test_a_window_that_cannot_work(self, seconds: float) -> None:
        with pytest.raises(ConfigurationError, match="window_s"):
            WordsTurnDetector(Recogniser(""), window_s=seconds)

    def test_what_is_no_recogniser(self) -> None:
        wrong: Any = 7
        with pytest.raises(ConfigurationError, match="stt"):
            WordsTurnDetector(wrong)


class TestBadRecognisers:
    async def test_one_that_raises_leaves_it_to_silence_and_is_told_once(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        class Broken(Recogniser):
            def load(self) -> None:
                raise RuntimeError("no weights")

            def stt(self, audio: Any) -> str:
                raise RuntimeError("no weights")

        question = EndOfTurnQuestion(WordsTurnDetector(Broken("")), 0.5, 5.0)
        question.prepare()
        for _ in range(3):
            assert await question.finished(*utterance(1)) is None
        assert caplog.text.count("the turn ends by silence") == 1
        await question.aclose()

    async def test_one_that_hangs_is_not_waited_for(self, caplog: pytest.LogCaptureFixture) -> None:
        gate = threading.Event()

        class Hanging(Recogniser):
            def stt(self, audio: Any) -> str:
                gate.wait(20)
                return ""

        question = EndOfTurnQuestion(WordsTurnDetector(Hanging("")), 0.5, 0.05)
        began = time.monotonic()
        for _ in range(3):
            assert await question.finished(*utterance(1)) is None
        assert time.monotonic() - began < 5
        assert caplog.text.count("took longer") == 1
        gate.set()
        await question.aclose()

    async def test_it_is_loaded_before_the_first_pause(self) -> None:
        class Loading(Recogniser):
            loaded: threading.Thread | None = None

            def load(self) -> None:
                self.loaded = threading.current_thread()

        recogniser = Loading("Yes.")
        question = EndOfTurnQuestion(WordsTurnDetector(recogniser), 0.5, 5.0)
        question.prepare()
        await until(lambda: recogniser.loaded)
        assert recogniser.loaded is not threading.current_thread()
        assert recogniser.heard == []
        await question.aclose()
