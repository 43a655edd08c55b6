"""What an author may say about replies that are begun early."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, ReplyOnPause, ReplyOnStopWords, SpeculationOptions
from gradio_webrtc.turns.speculation.options import speculation_of


def reply(audio: Any) -> None:
    """Say nothing."""


def test_nothing_is_begun_early_unless_the_author_says_so() -> None:
    assert ReplyOnPause(reply)._speculation is None
    assert ReplyOnStopWords(reply, ["computer"])._speculation is None
    assert speculation_of(False) is None


def test_true_means_the_defaults() -> None:
    options = SpeculationOptions()
    assert 150 <= options.after_ms <= 200
    assert ReplyOnPause(reply, speculative=True)._speculation == options
    assert ReplyOnStopWords(reply, ["computer"], speculative=True)._speculation == options


def test_options_are_taken_as_they_are() -> None:
    options = SpeculationOptions(after_ms=200, most_per_turn=1)
    assert ReplyOnPause(reply, speculative=options)._speculation is options


@pytest.mark.parametrize(
    "options",
    [{"after_ms": 59}, {"after_ms": float("nan")}, {"after_ms": -1}, {"most_per_turn": 0}],
)
def test_values_that_cannot_work(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(iter(options))):
        SpeculationOptions(**options)


def test_anything_else_is_told() -> None:
    with pytest.raises(ConfigurationError, match="speculative must be True, False or"):
        ReplyOnPause(reply, speculative="yes")  # type: ignore[arg-type]  # what is tested
