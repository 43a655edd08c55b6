"""What an author may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, PartialTranscripts, ReplyOnPause, ReplyOnStopWords


def show(said: Any) -> None:
    """Take a transcript."""


def reply(audio: Any) -> None:
    """Reply nothing."""


def test_a_function_alone_will_do() -> None:
    handler = ReplyOnPause(reply, partial_transcripts=show)
    assert handler.partial_transcripts == PartialTranscripts(show)
    assert handler.copy().partial_transcripts == PartialTranscripts(show)
    assert ReplyOnPause(reply).partial_transcripts is None


def test_for_stop_words_too() -> None:
    chosen = PartialTranscripts(show, stt="sphinx", every_s=1)
    handler = ReplyOnStopWords(reply, ["computer"], partial_transcripts=chosen)
    assert handler.partial_transcripts is chosen


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"to": "show"}, "takes a function"),
        ({"to": lambda: None}, "needs one parameter"),
        ({"to": lambda said, final: None}, "needs one parameter"),
        ({"to": show, "stt": 3}, r"stt must have stt\(audio\)"),
        ({"to": show, "every_s": 0}, "every_s must be from 0.1 to 10"),
        ({"to": show, "every_s": float("nan")}, "every_s must be from 0.1 to 10"),
    ],
)
def test_what_cannot_work_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        PartialTranscripts(**options)


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="takes a function"):
        ReplyOnPause(reply, partial_transcripts=True)  # type: ignore[arg-type]
