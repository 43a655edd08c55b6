"""How large a frame may be."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from gradio_webrtc.errors import ConfigurationError

Resolution: TypeAlias = tuple[int, int]
"""Width and height in pixels; what counts is the area, so that it may be turned."""

MAX_RESOLUTION: Resolution = (3840, 2160)
"""4K. A frame of this size takes 12 MB decoded, and as an array 25."""

MAX_SIDE = 16_384
"""Pixels; VP8 has 14 bits for a side (RFC 6386, section 9.1)."""

_MACROBLOCK = 16

EncodedSize: TypeAlias = tuple[int, int]
"""Width and height, both even, as encoders of 4:2:0 take them."""


def check_resolution(value: Any) -> Resolution:
    """Return ``value`` as width and height; ``None`` is ``MAX_RESOLUTION``.

    Raises:
        ConfigurationError: it is no pair of whole numbers from 16 to 16384.
    """
    if value is None:
        return MAX_RESOLUTION
    sides = tuple(value) if isinstance(value, (tuple, list)) else ()
    if len(sides) != 2 or not all(
        isinstance(side, int) and not isinstance(side, bool) and 16 <= side <= MAX_SIDE
        for side in sides
    ):
        raise ConfigurationError(
            "max_resolution is a pair (width, height) in pixels, such as (1920, 1080); "
            f"got {value!r}."
        )
    return sides[0], sides[1]


def exceeds(size: Resolution, limit: Resolution) -> bool:
    """Tell whether a frame of ``size`` has a larger area than ``limit``.

    Both are counted in whole macroblocks, as codecs do: H.264 says 1088 where 1080 are shown.
    """
    return _area(size) > _area(limit)


def encoded_size(size: Resolution) -> EncodedSize:
    """Return the size in which a frame is sent: even, and of at most 4K by area.

    Larger ones are scaled down in proportion. VP8 of 8192x8192 takes 2.7 GB and seconds for each
    frame, and browsers do not show so much.
    """
    width, height = size
    if exceeds(size, MAX_RESOLUTION):
        scale = math.sqrt(MAX_RESOLUTION[0] * MAX_RESOLUTION[1] / (width * height))
        width, height = int(width * scale) // 2 * 2, int(height * scale) // 2 * 2
        return max(width, 2), max(height, 2)
    return width + width % 2, height + height % 2


def _area(size: Resolution) -> int:
    width, height = (-(-side // _MACROBLOCK) for side in size)
    return width * height
