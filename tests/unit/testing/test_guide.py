"""The first example of the guide on testing, as it is printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "testing.md"


@pytest.fixture(autouse=True)
def best_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that a user's test would get."""
    monkeypatch.delenv("GRADIO_WEBRTC_STT")
    monkeypatch.delenv("GRADIO_WEBRTC_TTS")


def test_the_guides_test_passes():
    text = re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(text, str(GUIDE), "exec"), names)
    names["test_it_tells_the_time"]()
