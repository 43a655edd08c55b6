"""What Gradio knows of the request that is being served, and how it tells of errors."""

from __future__ import annotations

from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.context import LocalContext

from gradio_webrtc.error_words import fixed_words, shortened, words_for


def page_of_event() -> str | None:
    """Return the session hash of the page whose event calls this code; ``None`` outside of events.

    User code of a session is outside, though Gradio's variables of the offer's request are still
    set there: that request is none of an event.
    """
    request: Any = LocalContext.request.get(None)
    if isinstance(request, list):  # of an event with batch=True, whose calls may be several pages'
        request = request[0] if request else None
    if not LocalContext.in_event_listener.get(False) or not isinstance(request, gr.Request):
        return None
    return str(request.session_hash)


def show_error_of(app: FastAPI) -> bool:
    """Whether ``app`` was launched with ``show_error=True``, Gradio's option for all its errors."""
    blocks = app.get_blocks() if hasattr(app, "get_blocks") else None
    return bool(getattr(blocks, "show_error", False))


def gradio_words_for(error: BaseException, error_id: str, show_error: bool = False) -> str:
    """Like ``words_for``; the words of a ``gr.Error`` are for the person too, as in Gradio."""
    if isinstance(error, gr.Error):
        visible = getattr(error, "visible", True)
        return shortened(str(error.message)) if visible else fixed_words(error_id)
    return words_for(error, error_id, show_error)
