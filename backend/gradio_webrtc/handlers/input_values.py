"""How many values of other inputs an app gives a session, and how many its function takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.handler_session import OWN_VALUE
from gradio_webrtc.handlers.webrtc_data import WebRTCData


def fitting(
    args: Sequence[Any], check: Callable[[int], None] | None, webrtc_id: str
) -> Sequence[Any]:
    """Return ``args``, without a first one that only stands for the frame and is one too many.

    Code written for the published packages passes such a value, which they drop: ``None``, an empty
    text, or the connection's id.

    Args:
        args: the values, maybe with a ``WebRTCData`` before them, which is no value of an input.
        check: raises ``ConfigurationError`` when the function cannot take so many.
        webrtc_id: the connection's id.

    Raises:
        ConfigurationError: so many do not fit, and the first one is meant.
    """
    if check is None:
        return args
    count = len(args) - (bool(args) and isinstance(args[0], WebRTCData))
    try:
        check(count)
    except ConfigurationError:
        if count < len(args) or not count or not _stands_for_frame(args[0], webrtc_id):
            raise
        if not _fits(count - 1, check):
            raise
        return args[1:]
    return args


def _stands_for_frame(value: Any, webrtc_id: str) -> bool:
    return value is None or (isinstance(value, str) and value in ("", OWN_VALUE, webrtc_id))


def _fits(count: int, check: Callable[[int], None]) -> bool:
    try:
        check(count)
    except ConfigurationError:
        return False
    return True
