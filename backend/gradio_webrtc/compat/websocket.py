"""Published as ``fastrtc.websocket``."""

from __future__ import annotations

from gradio_webrtc.compat.replaced import replaced

__all__: list[str] = []

SOCKET = "await stream.websocket_offer(websocket) serves a websocket, from a route of your own too."

__getattr__ = replaced(
    "websocket",
    {
        "WebSocketDataChannel": "use a handler's send_message(text).",
        "WebSocketHandler": SOCKET,
        "convert_to_mulaw": "clients may ask for other formats, and emitted audio may have any "
        "rate; the session encodes it.",
    },
)
