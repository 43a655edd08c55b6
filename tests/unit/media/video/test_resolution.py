"""How large a received picture may be."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc import Stream, WebRTC
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.video.resolution import (
    MAX_RESOLUTION,
    Resolution,
    check_resolution,
    exceeds,
)


@pytest.mark.parametrize(
    ("size", "limit", "too_large"),
    [
        ((3840, 2160), MAX_RESOLUTION, False),
        ((2160, 3840), MAX_RESOLUTION, False),
        ((1920, 1088), (1920, 1080), False),
        ((4096, 2160), MAX_RESOLUTION, True),
        ((641, 480), (640, 480), True),
        ((16383, 16), MAX_RESOLUTION, False),
    ],
)
def test_areas_are_compared(size: Resolution, limit: Resolution, too_large: bool) -> None:
    assert exceeds(size, limit) is too_large


def test_the_default_is_4k() -> None:
    assert check_resolution(None) == (3840, 2160)
    assert check_resolution([1280, 720]) == (1280, 720)


@pytest.mark.parametrize("value", [720, "1280x720", (1280,), (0, 720), (1280.0, 720), (True, 16)])
def test_anything_else_is_refused_where_it_was_written(value: Any) -> None:
    for make in (lambda: Stream(abs, max_resolution=value), lambda: WebRTC(max_resolution=value)):
        with pytest.raises(ConfigurationError, match=r"max_resolution is a pair"):
            make()
