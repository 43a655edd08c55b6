"""What is said of a socket that is closed."""

from __future__ import annotations

from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError


def test_the_reason_is_kept_and_named() -> None:
    assert SocketClosedError().reason is CloseReason.CLIENT_CLOSED
    error = SocketClosedError(CloseReason.PEER_LOST)
    assert error.reason is CloseReason.PEER_LOST
    assert "peer_lost" in str(error)
