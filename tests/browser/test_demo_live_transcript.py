"""The transcript as a person makes it: a draft while they speak, the text at the pause."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import microphone
from tests.browser.pages import PATIENCE
from tests.support import demos


def test_what_is_said_is_written_while_it_is_said(
    serve: Serve, visit: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    flags = microphone(
        tmp_path / "voice.wav",
        "Good morning, it is a very good day, and we are going to the party in the evening.",
        20.0,
    )
    page = visit(serve(demos.load("live_transcript").demo), flags=flags)
    microphone_of = page.component()
    draft, text = page.page.get_by_label("Being said"), page.page.get_by_label("Said", exact=True)
    microphone_of.start()
    page.until(draft.input_value, "a draft", 2 * PATIENCE)
    assert text.input_value() == ""
    page.until(text.input_value, "the text", 2 * PATIENCE)
    words = set(text.input_value().split())
    # The embedded recognition is rough with this voice; some of the words it understands.
    assert words & {"good", "morning", "day", "going", "party", "evening", "very", "it", "is"}
    page.until(lambda: draft.input_value() == "", "an empty draft")
    microphone_of.stop()
