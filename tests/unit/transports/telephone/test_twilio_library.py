"""Calls where the library twilio is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from gradio_webrtc.errors import MissingTwilioError, TelephoneError
from gradio_webrtc.transports.telephone import twilio_library


@pytest.mark.parametrize(
    ("module", "make"),
    [
        ("twilio.request_validator", lambda: twilio_library.make_validator("secret")),
        ("twilio.twiml.voice_response", twilio_library.make_voice_response),
        ("twilio.rest", lambda: twilio_library.make_client("AC", "secret")),
    ],
)
def test_without_twilio_the_error_has_the_command(
    module: str, make: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingTwilioError, match=r'pip install "gradio_webrtc\[phone\]"') as error:
        make()
    assert isinstance(error.value, TelephoneError)
    assert isinstance(error.value, ImportError)
    assert "secret" not in str(error.value)


def test_with_it_there_is_no_error() -> None:
    assert str(twilio_library.make_voice_response()).endswith("<Response />")
    assert twilio_library.make_validator("t").compute_signature("u", {})
    assert twilio_library.make_client("AC", "t").username == "AC"
