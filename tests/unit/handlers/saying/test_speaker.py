"""Which user code can say something of its own accord."""

from __future__ import annotations

import pytest

from gradio_webrtc import ConfigurationError, ReplyOnPause, ReplyOnStopWords, SessionClosedError
from gradio_webrtc.handlers.saying.speaker import speaker_of
from tests.support.echo_handlers import EchoHandler


def test_only_what_takes_turns():
    for handler in (ReplyOnPause(lambda audio: None), ReplyOnStopWords(lambda audio: None, ["hi"])):
        assert speaker_of(handler) is handler
        with pytest.raises(SessionClosedError, match="no open session"):
            handler.say("text")
    with pytest.raises(ConfigurationError, match="EchoHandler is none of them"):
        speaker_of(EchoHandler())
    with pytest.raises(ConfigurationError, match="test_only_what_takes_turns"):
        speaker_of(test_only_what_takes_turns)
    with pytest.raises(SessionClosedError, match="not yet"):
        speaker_of(None)
