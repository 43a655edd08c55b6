"""What an author's turn detector and options come to."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc import AlgoOptions, ReplyOnPause, ReplyOnStopWords, WordsTurnDetector
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech import registry
from gradio_webrtc.turns.end_of_turn import choice, words_turn_detector
from gradio_webrtc.turns.end_of_turn.choice import end_of_turn_choice


class Detector:
    def finished(self, utterance: Any) -> float:
        return 1.0


def test_without_a_detector_silence_decides() -> None:
    chosen = end_of_turn_choice(None, None)
    assert (chosen.detector, chosen.algo) == (None, AlgoOptions())


def test_a_detector_is_asked_soon_and_silence_is_as_long_as_without() -> None:
    detector = Detector()
    chosen = end_of_turn_choice(detector, None)
    assert chosen.detector is detector
    assert chosen.algo == AlgoOptions(silence_ms=250)
    assert chosen.undecided_pause_s == 0.25


def test_what_the_author_says_wins() -> None:
    algo = AlgoOptions()
    chosen = end_of_turn_choice(Detector(), algo)
    assert chosen.algo is algo
    assert chosen.undecided_pause_s == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: ReplyOnPause(print, turn_detector="words"),
        lambda: ReplyOnStopWords(print, ["computer"], turn_detector="words"),
    ],
)
def test_by_words(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_turn_detector, "accurate_stt_engine", lambda: "good")
    handler = make()
    assert isinstance(handler.turn_detector, WordsTurnDetector)
    assert handler.algo_options.silence_ms == 250
    assert handler.copy().turn_detector is handler.turn_detector


def test_another_name() -> None:
    wrong: Any = "word"
    with pytest.raises(ConfigurationError, match='"words"'):
        end_of_turn_choice(wrong, None)


class Walkie(ReplyOnPause):
    """Finds its pauses itself."""

    def determine_pause(self, audio: Any, sampling_rate: int, state: Any) -> bool:
        return False


class TestByDefault:
    def test_the_words_decide_where_ears_for_that_are_here(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(choice, "ready_stt_engine", lambda: "good")
        for handler in (ReplyOnPause(print), ReplyOnStopWords(print, ["computer"])):
            assert isinstance(handler.turn_detector, WordsTurnDetector)
            assert handler.algo_options == AlgoOptions(silence_ms=250)

    def test_silence_decides_where_there_are_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(choice, "ready_stt_engine", lambda: None)
        assert ReplyOnPause(print).turn_detector is None
        assert ReplyOnPause(print).algo_options == AlgoOptions()

    def test_what_the_author_says_about_pauses_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(choice, "ready_stt_engine", lambda: "good")
        algo = AlgoOptions(silence_ms=400)
        assert ReplyOnPause(print, algo_options=algo).turn_detector is None
        assert ReplyOnPause(print, algo_options=algo).algo_options is algo
        assert ReplyOnPause(print, turn_detector=None).turn_detector is None
        assert ReplyOnPause(print, turn_detector=None).algo_options == AlgoOptions()
        assert Walkie(print).turn_detector is None
        assert Walkie(print).algo_options == AlgoOptions()


class TestReadyEars:
    @pytest.fixture(autouse=True)
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(registry._STT, "installed", lambda: ["moonshine/tiny", "sphinx"])

    @pytest.mark.parametrize(
        ("named", "ready"),
        [
            ("", "moonshine/tiny"),
            ("moonshine/tiny", "moonshine/tiny"),
            ("sphinx", None),
            ("moonshine/base", None),
            ("a web service", None),
        ],
    )
    def test_they_cost_nobody_anything(
        self, named: str, ready: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GRADIO_WEBRTC_STT", named)
        assert registry.ready_stt_engine() == ready
