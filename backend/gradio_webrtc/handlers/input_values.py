"""How many values of other inputs an app gives a session, and how many its function takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.webrtc_data import WebRTCData


def fitting(args: Sequence[Any], check: Callable[[int], None] | None) -> Sequence[Any]:
    """Return ``args``, without the first of them if that is one too many.

    Code written for the published packages passes a value for the frame too, which they drop.

    Args:
        args: the values, maybe with a ``WebRTCData`` before them, which is no value of an input.
        check: raises ``ConfigurationError`` when the function cannot take so many.

    Raises:
        ConfigurationError: neither so many nor one less fit.
    """
    if check is None:
        return args
    count = len(args) - (bool(args) and isinstance(args[0], WebRTCData))
    try:
        check(count)
    except ConfigurationError:
        if count < len(args) or not count or not _fits(count - 1, check):
            raise
        return args[1:]
    return args


def _fits(count: int, check: Callable[[int], None]) -> bool:
    try:
        check(count)
    except ConfigurationError:
        return False
    return True
