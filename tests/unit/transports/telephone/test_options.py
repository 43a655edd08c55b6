"""What an author may say about calls."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.transports.telephone.options import TelephoneOptions


def test_the_token_of_the_environment_is_used_unless_another_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    options = TelephoneOptions()
    assert options.token() == ""
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", " from the environment\n")
    assert options.token() == "from the environment"
    assert TelephoneOptions(auth_token="given").token() == "given"
    assert TelephoneOptions(auth_token="").token() == "", "asked for: nothing is checked"


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(TelephoneOptions(auth_token="secret"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("busy", None),
        ("greeting", "x" * 501),
        ("auth_token", 7),
        ("public_url", "example.org"),
        ("public_url", "wss://example.org"),
        ("public_url", "https://example.org/?a=1"),
        ("public_url", 7),
    ],
)
def test_what_cannot_work_is_refused_with_its_name(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=name):
        TelephoneOptions(**{name: value})
