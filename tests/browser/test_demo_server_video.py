"""The video demo: a computed scene to its end, and a film the person chose."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component, Visit
from tests.browser.shown_frame import seen
from tests.browser.video_pattern import PATTERN, pattern
from tests.support import demos


@pytest.fixture
def page(serve: Serve, visit: Open) -> Visit:
    return visit(serve(demos.load("server_video").demo))


def set_number(page: Visit, name: str, value: int) -> None:
    field = page.page.get_by_role("spinbutton", name=name)
    field.fill(str(value))
    field.press("Enter")


def spread(component: Component) -> float:
    """Return how much the colours of the shown picture differ."""
    picture = seen(component)
    return 0.0 if picture is None else float(picture.std())


def film(path: Path) -> None:
    """Write six seconds of the test pattern and a tone."""
    with av.open(str(path), "w") as file:
        video = file.add_stream("mpeg4", rate=15)
        video.width, video.height, video.pix_fmt = 320, 240, "yuv420p"
        sound = file.add_stream("aac", rate=48_000)
        for _ in range(90):
            file.mux(video.encode(av.VideoFrame.from_ndarray(pattern(), format="rgb24")))
        samples = 0.3 * np.sin(2 * np.pi * 440 * np.arange(6 * 48_000) / 48_000)
        for start in range(0, samples.size, 1024):
            part = samples[None, start : start + 1024].astype(np.float32)
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, start
            file.mux(sound.encode(frame))
        file.mux(video.encode())
        file.mux(sound.encode())


def test_a_scene_moves_and_ends_by_itself(page: Visit) -> None:
    component = page.component()
    page.page.get_by_role("radio", name="Plasma").check()
    set_number(page, "Seconds", 6)
    page.page.get_by_role("button", name="Play", exact=True).click()
    component.reach("connected")
    page.until(lambda: spread(component) > 40, "the colours of the plasma")
    assert component.size() == (640, 360)
    first = seen(component)
    assert first is not None

    def moved() -> bool:
        later = seen(component)
        return later is not None and np.abs(later.astype(int) - first).mean() > 15

    page.until(moved, "another picture of it")
    component.reach("idle")
    assert component.error() is None


def test_a_chosen_film_is_seen_and_heard(page: Visit, tmp_path: Path) -> None:
    film(tmp_path / "film.mp4")
    page.page.get_by_role("tab", name="From a file").click()
    page.page.locator("input[type=file]").set_input_files(tmp_path / "film.mp4")
    page.page.get_by_text("film.mp4").or_(page.page.get_by_text(".mp4")).first.wait_for()
    component = page.component(page.page.get_by_test_id("webrtc").count() - 1)
    # On a busy machine the six seconds may be over when the picture has been looked at.
    component.record_next()
    page.page.get_by_role("button", name="Play the file").click()
    component.reach("connected")
    component.shows(PATTERN)
    component.passes("connected", "idle")
    assert component.recorded().share_of(440) > 0.8
    assert component.error() is None


def test_no_film_is_a_plain_word(page: Visit) -> None:
    page.page.get_by_role("tab", name="From a file").click()
    component = page.component(page.page.get_by_test_id("webrtc").count() - 1)
    page.page.get_by_role("button", name="Play the file").click()
    page.until(lambda: "Choose a file first." in (component.error() or ""), "what is to be done")
