"""Several detectors, either of which may let people go on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradio_webrtc import CombinedTurnDetector, TurnDetector
from gradio_webrtc.errors import ConfigurationError

SAID = (16_000, np.zeros((1, 800), np.int16))


class Says:
    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.loaded = 0

    def load(self) -> None:
        self.loaded += 1
        if isinstance(self.answer, Exception):
            raise self.answer

    def finished(self, utterance: Any) -> Any:
        assert utterance is SAID
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answers", "together"),
    [
        ((0.9, 0.8), 0.8),
        ((0.9, 0.1), 0.1),
        ((0.2, 0.9), 0.2),
        ((None, 0.7), 0.7),
        ((None, None), None),
        ((RuntimeError("x"), 0.3), 0.3),
        ((0.3, float("nan")), 0.3),
        ((7, "yes"), None),
    ],
)
def test_the_least_likely_counts(answers: tuple[Any, ...], together: float | None) -> None:
    combined = CombinedTurnDetector(*map(Says, answers))
    assert combined.finished(SAID) == together
    assert isinstance(combined, TurnDetector)


def test_one_that_fails_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    combined = CombinedTurnDetector(Says(RuntimeError("no model")), Says(0.9))
    for _ in range(3):
        assert combined.finished(SAID) == 0.9
    assert caplog.text.count("Says failed; the others decide") == 1


def test_all_are_loaded_though_one_cannot_be() -> None:
    first, second = Says(RuntimeError("no model")), Says(0.9)
    with pytest.raises(RuntimeError, match="no model"):
        CombinedTurnDetector(first, second).load()
    assert second.loaded == 1


def test_what_cannot_be_combined() -> None:
    class Later:
        async def finished(self, utterance: Any) -> float:
            return 1.0

    wrong: Any = 7
    for detectors in ((), (wrong,), (Says(1.0), Later())):
        with pytest.raises(ConfigurationError, match="detector"):
            CombinedTurnDetector(*detectors)
