"""What people are told of an error: in words made for them, or with an id of what the log says."""

from __future__ import annotations

import secrets

from gradio_webrtc.errors import GradioWebRTCError, MediaFormatError, WebRTCError

MAX_WORDS = 1000
"""Longest text shown for an error: a larger control message can stall on paths with a small MTU."""


def new_error_id() -> str:
    """Return what ties the words in a page to the details in the log: eight hexadecimal digits."""
    return secrets.token_hex(4)


def fixed_words(error_id: str) -> str:
    """Return the words for an error whose own text is for the log only."""
    return f"Something in the app failed (error {error_id}). The server's log says what."


def words_for(error: BaseException, error_id: str, show_error: bool = False) -> str:
    """What the page shows for an error in user code.

    The words of ``WebRTCError``, and of errors that say what is wrong with an emitted frame or
    file, are made for the person. All others may hold secrets: they are shown with ``show_error``
    only, and otherwise named by ``error_id``.

    At most ``MAX_WORDS`` characters, since some errors quote the whole value they are about.
    """
    if not (show_error or isinstance(error, (WebRTCError, MediaFormatError))):
        return fixed_words(error_id)
    text = str(error)
    if not isinstance(error, GradioWebRTCError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return shortened(text)


def shortened(text: str) -> str:
    """Return ``text`` cut to ``MAX_WORDS`` characters."""
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 1] + "…"
