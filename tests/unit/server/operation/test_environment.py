"""Numbers of the environment: what is one, and what is told of what is none."""

from __future__ import annotations

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server.operation.environment import whole_number


@pytest.mark.parametrize(
    ("text", "number"), [("", None), (" ", None), ("0", 0), (" 999999 ", 999999)]
)
def test_a_number_or_nothing(text: str, number: int | None) -> None:
    assert whole_number({"SEATS": text}, "SEATS", "a whole number") == number
    assert whole_number({}, "SEATS", "a whole number") is None


@pytest.mark.parametrize(
    "text", ["-1", "1.5", "many", "1000000", "\N{ARABIC-INDIC DIGIT FOUR}", "0"]
)
def test_anything_else_is_an_error(text: str) -> None:
    with pytest.raises(ConfigurationError, match="SEATS must be a positive whole number; got"):
        whole_number({"SEATS": text}, "SEATS", "a positive whole number", least=1)
