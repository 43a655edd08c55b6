"""Options in the order of either published package."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc import AlgoOptions, ConfigurationError, ReplyOnPause, SileroVadOptions

ALGO, VAD = AlgoOptions(0.9), SileroVadOptions(0.7)
untyped: Any = ReplyOnPause


def reply(audio: Any) -> Any:
    yield audio


@pytest.mark.parametrize(
    "handler",
    [
        ReplyOnPause(reply, None, ALGO, VAD),
        ReplyOnPause(reply, ALGO, model_options=VAD),
        untyped(reply, ALGO, VAD),
    ],
)
def test_options_may_be_second_as_once_published(handler: ReplyOnPause):
    assert handler.startup_fn is None
    assert handler.algo_options is ALGO
    assert handler.model_options is VAD


def test_what_followed_them_then_has_to_be_named():
    with pytest.raises(ConfigurationError, match="expected_layout='stereo'"):
        untyped(reply, ALGO, VAD, "stereo")


def test_options_given_twice_are_refused():
    with pytest.raises(ConfigurationError, match="given twice"):
        untyped(reply, ALGO, algo_options=ALGO)
