"""Pictures and recordings that a person saves in Firefox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.browser.conftest import Open, Serve
from tests.browser.firefox.apps import video_app
from tests.browser.firefox.test_streams import shows_pattern
from tests.browser.pages import Component
from tests.browser.test_extras import colours_of, decoded
from tests.browser.video_pattern import PATTERN, TOLERANCE, Picture


def saved(component: Component, press: Callable[[], None], downloads: Path) -> Path:
    """Press what saves a file, and return the file once it is whole."""
    before = set(downloads.iterdir())

    def files() -> list[Path]:
        return sorted(set(downloads.iterdir()) - before)

    def whole() -> bool:
        # Firefox writes into a file beside it, and moves that over it.
        return [path.stat().st_size > 0 for path in files()] == [True]

    press()
    component.visit.until(whole, lambda: f"one whole file; there are {files()}")
    return files()[0]


def has_pattern(picture: Picture) -> bool:
    upper_half = np.subtract(colours_of(picture)[:2], PATTERN[:2])
    return bool(np.abs(upper_half).max() <= TOLERANCE)


def test_a_picture_and_a_recording_are_what_was_seen(
    serve: Serve, visit: Open, downloads: Path
) -> None:
    component = visit(serve(video_app())).component()
    component.start()
    shows_pattern(component)
    path = saved(component, component.part("webrtc-snapshot").click, downloads)
    assert path.suffix == ".png"
    ((picture,), _, _) = decoded(path)
    assert picture.shape[1::-1] == tuple(component.size())
    assert has_pattern(picture)

    button = component.part("webrtc-recording")
    button.click()
    timer = component.part("webrtc-recording-time")
    component.visit.until(lambda: timer.inner_text() >= "0:03", "three seconds to be recorded")
    path = saved(component, button.click, downloads)
    assert path.suffix == ".webm"
    pictures, _, seconds = decoded(path)
    assert 2 < seconds < 40
    assert has_pattern(pictures[len(pictures) // 2])
    assert component.state() == "connected"
