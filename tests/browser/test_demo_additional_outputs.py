"""The tuner demo: the note that is sung appears in the page, and the melody can be edited."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.spoken_audio import RATE, write_wav
from tests.support import demos
from tests.support.chromium import FLAGS

SUNG = {"A4": 440.0, "C5": 523.25}


def sing() -> np.ndarray:
    """Return the two notes, a second and a half each."""
    times = np.arange(int(1.5 * RATE)) / RATE
    fade = np.minimum(1, np.minimum(times, times[::-1]) / 0.05)
    voice = [
        fade * sum(np.sin(2 * np.pi * note * number * times) / number for number in range(1, 7))
        for note in SUNG.values()
    ]
    return 0.3 * np.concatenate(voice)


@pytest.fixture(scope="module")
def singing(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    path = tmp_path_factory.mktemp("voice") / "sung.wav"
    write_wav(path, sing())
    return (*FLAGS, f"--use-file-for-fake-audio-capture={path}")


def test_what_is_sung_is_shown_and_written_down(
    serve: Serve, visit: Open, singing: tuple[str, ...]
) -> None:
    page = visit(serve(demos.load("additional_outputs").demo), flags=singing)
    component = page.component()
    component.start()
    note = page.page.locator("svg[role=img]")
    melody = page.page.get_by_label("Your melody")

    def shown() -> str:
        return note.get_attribute("aria-label") or ""

    for name in SUNG:
        page.until(lambda name=name: shown().startswith(name), f"{name} on the dial")
    page.until(
        lambda: "A4 C5" in melody.input_value() or "C5 A4" in melody.input_value(),
        lambda: f"the melody, not {melody.input_value()!r}",
    )
    # The function sees what the person typed, and goes on from there. Typing may fall into the
    # very moment of a new note; a person would then type again.

    def continued() -> bool:
        text = melody.input_value()
        if not text.startswith("mine"):
            melody.fill("mine")
        return text.startswith("mine ") and "A4" in text

    page.until(continued, lambda: f"notes after the person's word, not {melody.input_value()!r}")
    component.stop()
