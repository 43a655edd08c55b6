"""The websocket's classes are served by ``Stream``."""

from __future__ import annotations

import pytest

from gradio_webrtc import ReplacedNameError


def test_the_handler_of_a_websocket_is_the_stream():
    with pytest.raises(ReplacedNameError, match=r"stream\.websocket_offer"):
        from gradio_webrtc.websocket import (
            WebSocketHandler,  # noqa: F401
        )
