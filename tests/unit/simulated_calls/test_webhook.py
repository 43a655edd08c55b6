"""What an app answers to a call, read as Twilio reads it."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import TelephoneError
from gradio_webrtc.simulated_calls.webhook import MAX_ANSWER, Verb, ask, read
from gradio_webrtc.transports.telephone.options import TelephoneOptions
from gradio_webrtc.transports.telephone.twiml import busy, connecting


def test_what_this_package_answers_is_understood() -> None:
    options = TelephoneOptions(greeting="Hello.", goodbye="Bye.", busy="Busy.")
    assert read(connecting("wss://example.org/x", options, {"a": "1"}).encode()) == [
        Verb("Say", "Hello."),
        Verb("Stream", "wss://example.org/x", {"a": "1"}),
        Verb("Say", "Bye."),
    ]
    assert read(busy(options).encode()) == [Verb("Say", "Busy."), Verb("Hangup")]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello",
        b"<html/>",
        b"<Response>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><Response>&a;</Response>',
        b"<Response>" + b" " * MAX_ANSWER + b"</Response>",
    ],
)
def test_what_is_no_twiml_is_refused(answer: bytes) -> None:
    with pytest.raises(TelephoneError, match="no TwiML"):
        read(answer)


async def test_an_app_that_does_not_answer() -> None:
    with pytest.raises(TelephoneError, match="does not answer"):
        await ask("http://127.0.0.1:9/telephone/incoming", {})
