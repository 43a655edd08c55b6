"""How large a picture may be."""

from __future__ import annotations

from typing import Any, TypeAlias

from gradio_webrtc.errors import ConfigurationError

Resolution: TypeAlias = tuple[int, int]
"""Width and height in pixels; what counts is the area, so that it may be turned."""

MAX_RESOLUTION: Resolution = (3840, 2160)
"""4K. A picture of this size takes 12 MB decoded, and as an array 25."""

MAX_SIDE = 16_384
"""Pixels; VP8 has 14 bits for a side (RFC 6386, section 9.1)."""

_MACROBLOCK = 16


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
    """Tell whether a picture of ``size`` has a larger area than ``limit``.

    Both are counted in whole macroblocks, as codecs do: H.264 says 1088 where 1080 are shown.
    """
    return _area(size) > _area(limit)


def _area(size: Resolution) -> int:
    width, height = (-(-side // _MACROBLOCK) for side in size)
    return width * height
