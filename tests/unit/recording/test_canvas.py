"""Pictures in a file of fixed size."""

from __future__ import annotations

import numpy as np
import pytest
from av import VideoFrame
from numpy.typing import NDArray

from gradio_webrtc.media.video.frames import to_array, to_frame
from gradio_webrtc.recording.canvas import MAX_PIXELS, Canvas, lay_out

BOTH = ("input", "output")


def plain(width: int, height: int, colour: tuple[int, int, int]) -> VideoFrame:
    return to_frame(np.full((height, width, 3), colour, np.uint8))


def colour_at(picture: NDArray[np.uint8], x: int, y: int) -> list[int]:
    return [int(value) for value in picture[y, x]]


RED, BLUE, BLACK = (200, 20, 20), (20, 20, 200), (0, 0, 0)


def test_one_side_is_as_it_came() -> None:
    canvas = Canvas(lay_out(("input",), {"input": (322, 240)}))
    assert (canvas.width, canvas.height) == (322, 240)
    picture = np.random.default_rng(0).integers(0, 255, (240, 322, 3), np.uint8)
    frame = to_frame(picture)
    composed = canvas.compose({"input": frame})
    for mine, theirs in zip(composed.to_ndarray(), frame.to_ndarray(), strict=True):
        assert (mine == theirs).all()


def test_two_sides_lie_beside_each_other_and_equally_high() -> None:
    canvas = Canvas(lay_out(BOTH, {"input": (320, 240), "output": (320, 480)}))
    assert (canvas.width, canvas.height) == (640 + 320, 480)
    picture = to_array(
        canvas.compose({"input": plain(320, 240, RED), "output": plain(320, 480, BLUE)})
    )
    assert colour_at(picture, 10, 10) == pytest.approx(RED, abs=6)
    assert colour_at(picture, 630, 470) == pytest.approx(RED, abs=6)
    assert colour_at(picture, 650, 10) == pytest.approx(BLUE, abs=6)
    assert colour_at(picture, 950, 470) == pytest.approx(BLUE, abs=6)


def test_a_side_without_a_picture_is_black_and_as_large_as_the_other() -> None:
    canvas = Canvas(lay_out(BOTH, {"output": (320, 240)}))
    assert (canvas.width, canvas.height) == (640, 240)
    picture = to_array(canvas.compose({"output": plain(320, 240, BLUE)}))
    assert colour_at(picture, 100, 100) == pytest.approx(BLACK, abs=3)
    assert colour_at(picture, 500, 100) == pytest.approx(BLUE, abs=6)


def test_another_size_or_shape_is_fitted_in() -> None:
    canvas = Canvas(lay_out(("input",), {"input": (320, 240)}))
    canvas.compose({"input": plain(320, 240, RED)})
    smaller = to_array(canvas.compose({"input": plain(160, 120, BLUE)}))
    assert smaller.shape == (240, 320, 3)
    assert colour_at(smaller, 2, 2) == pytest.approx(BLUE, abs=6)
    upright = to_array(canvas.compose({"input": plain(240, 320, RED)}))
    assert colour_at(upright, 160, 120) == pytest.approx(RED, abs=6)
    # Beside it nothing is left of the picture before.
    assert colour_at(upright, 10, 120) == pytest.approx(BLACK, abs=3)
    assert colour_at(upright, 310, 120) == pytest.approx(BLACK, abs=3)


def test_a_large_picture_is_shrunk_in_proportion() -> None:
    panes = lay_out(BOTH, {"input": (1920, 1080), "output": (1920, 1080)})
    canvas = Canvas(panes)
    assert canvas.width * canvas.height <= MAX_PIXELS * 1.02
    assert canvas.width / canvas.height == pytest.approx(2 * 16 / 9, rel=0.02)
    assert canvas.width % 2 == canvas.height % 2 == panes["output"].left % 2 == 0
    picture = to_array(canvas.compose({"output": plain(1920, 1080, BLUE)}))
    assert colour_at(picture, canvas.width - 3, canvas.height - 3) == pytest.approx(BLUE, abs=6)


def test_the_pictures_themselves_are_not_touched() -> None:
    frame = plain(320, 240, RED)
    frame.pts = 77
    canvas = Canvas(lay_out(("input",), {"input": (320, 240)}))
    composed = canvas.compose({"input": frame})
    composed.pts = 1
    assert frame.pts == 77
    assert composed is not frame
