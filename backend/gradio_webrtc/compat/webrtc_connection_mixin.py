"""Published as ``fastrtc.webrtc_connection_mixin``."""

from __future__ import annotations

from gradio_webrtc.compat.replaced import replaced
from gradio_webrtc.compat.tracks import TRACK

__all__: list[str] = []

__getattr__ = replaced(
    "webrtc_connection_mixin",
    {
        "OutputQueue": "read a session's outputs with output_stream(webrtc_id).",
        "Track": TRACK,
        "WebRTCConnectionMixin": "Stream and WebRTC have its methods; use one of these.",
    },
)
