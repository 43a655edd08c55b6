"""The face detection demo: a box around a drawn face, and the slider that takes it away."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.shown_frame import seen
from tests.support import demos, drawn_face
from tests.support.chromium import FLAGS

BOX = np.array((40, 220, 130))
"""The demo's green."""


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    path = tmp_path_factory.mktemp("faces") / "face.mjpeg"
    drawn_face.write_video(path)
    return (*FLAGS, f"--use-file-for-fake-video-capture={path}")


def box(component: Component) -> tuple[int, int, int, int] | None:
    """Return left, top, right and bottom of what is green in the picture."""
    picture = seen(component)
    if picture is None:
        return None
    green = np.abs(picture.astype(np.int16) - BOX).max(axis=2) < 60
    rows, columns = np.nonzero(green)
    if rows.size < 300:
        return None
    return columns.min(), rows.min(), columns.max(), rows.max()


def test_a_box_follows_the_face_until_the_slider_asks_for_more(
    serve: Serve, visit: Open, camera: tuple[str, ...]
) -> None:
    page = visit(serve(demos.load("video_detection").demo), flags=camera)
    component = page.component()
    component.start()

    def boxed() -> tuple[int, int, int, int] | None:
        return box(component)

    left, top, right, bottom = page.until(boxed, "a box around the face")
    width, height = component.size()
    # The eyes are in the upper middle of the drawn picture; the face sways a little.
    assert left < 0.5 * width < right
    assert top < 0.42 * height < bottom
    assert 0.2 * width < right - left < 0.7 * width

    threshold = page.page.get_by_role("spinbutton", name="Confidence")
    threshold.fill("1")
    threshold.press("Enter")
    page.until(lambda: boxed() is None, "the box to vanish at the highest confidence")
    threshold.fill("0.2")
    threshold.press("Enter")
    page.until(boxed, "the box to come back")
    component.stop()
