"""A video function with how it wants to be called."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.video import VideoStreamHandler, check_fps


def detection(image: Any, conf_threshold: float = 0.3) -> Any:
    return image


def test_published_defaults() -> None:
    handler = VideoStreamHandler(detection)
    assert (handler.fps, handler.skip_frames, handler.frame_format) == (30, True, None)
    assert handler.callable is detection


@pytest.mark.parametrize("fps", [1, 60])
def test_fps_in_range(fps: int) -> None:
    assert VideoStreamHandler(detection, fps=fps).fps == fps


@pytest.mark.parametrize(
    "arguments",
    [
        {"fps": 0},
        {"fps": 61},
        {"frame_format": "yuv"},
        {"callable": None},
        {"callable": dict},
    ],
)
def test_values_that_cannot_work(arguments: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        VideoStreamHandler(**{"callable": detection, **arguments})


@pytest.mark.parametrize("fps", [True, 29.97, "30", None, 0, 61])
def test_a_rate_that_is_no_whole_number_from_1_to_60_is_named(fps: object) -> None:
    with pytest.raises(ConfigurationError, match=f"from 1 to 60, not {fps!r}"):
        check_fps(fps)


def test_whole_numbers_of_numpy_are_rates() -> None:
    check_fps(np.int64(24))


@pytest.mark.parametrize("frame_format", ["rgb24", "bgr24", "gray"])
def test_a_format_of_its_own(frame_format: Any) -> None:
    assert VideoStreamHandler(detection, frame_format=frame_format).frame_format == frame_format
