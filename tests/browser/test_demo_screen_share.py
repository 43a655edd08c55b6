"""The screen demo: share the screen, then the camera, and look with other eyes."""

from __future__ import annotations

import sys

import numpy as np

from tests.browser.conftest import Open, Serve
from tests.browser.video_pattern import PATTERN, Colour, Quarters
from tests.support import demos


def as_seen(colour: Colour, view: str) -> Colour:
    """Return ``colour`` as the demo's own table says it is seen."""
    vision = sys.modules["vision"]
    red, green, blue = vision.see_as(np.array([[colour]], np.uint8), vision.VISION[view])[0, 0]
    return int(red), int(green), int(blue)


def test_the_screen_then_the_camera_through_other_eyes(serve: Serve, visit: Open) -> None:
    page = visit(serve(demos.load("screen_share").demo))
    component = page.component()
    component.start()
    page.until(lambda: component.frames() > 5, "pictures of the screen")
    page.until(lambda: component.size()[0] > 640, "the screen's own size")

    component.part("webrtc-source").click()
    component.shows(PATTERN)
    view = "Green-blind (deuteranopia)"
    page.page.get_by_role("radio", name=view).check()
    expected = Quarters(*(as_seen(colour, view) for colour in PATTERN))
    # Red and green are told apart no longer by being red and green.
    assert expected.top_right[0] > PATTERN.top_right[0] + 100
    component.shows(expected)

    # In the pattern only a bar in the middle moves: the quarters lose their colours.
    page.page.get_by_role("radio", name="What changes").check()
    dimmed = Quarters(*(((c[0] * 3 + c[1] * 6 + c[2]) // 100,) * 3 for c in PATTERN))
    component.shows(dimmed)
    component.stop()
