"""One telephone call, from Twilio's ``start`` to the end of its session."""

from __future__ import annotations

import logging

from starlette.websockets import WebSocket

from gradio_webrtc.handlers.protocol import Handler
from gradio_webrtc.server.answering import Answer
from gradio_webrtc.server.quotas import Requester
from gradio_webrtc.server.session_builder import Line
from gradio_webrtc.server.sockets.starlette_socket import accepted
from gradio_webrtc.server.sockets.websocket_session import ended
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError, TextSocket
from gradio_webrtc.transports.telephone.call_start import read_start
from gradio_webrtc.transports.telephone.call_transport import CallTransport
from gradio_webrtc.transports.telephone.phone_call import PhoneCall

logger = logging.getLogger(__name__)


async def serve_call(host: StreamHost, websocket: WebSocket, asking: Requester) -> None:
    """Serve a call until its session has ended.

    Args:
        host: the stream it is for.
        websocket: accepted or not; who opened it has been checked.
        asking: who asks.
    """
    socket = await accepted(websocket)
    opened: list[Session] = []

    async def begin() -> Answer:
        try:
            opened.append(await _open(host, socket, websocket, asking))
        except SocketClosedError:
            logger.info("a call ended before it began")
        return {"status": "success"}

    answer = await host.answering.answer(asking, begin())
    if opened:
        await ended(opened[0])
    else:
        # Twilio reads no words, but its log shows the reason of a close.
        await socket.close(str(answer.get("meta", {}).get("error", "")))


async def _open(
    host: StreamHost, socket: TextSocket, websocket: WebSocket, asking: Requester
) -> Session:
    start = await read_start(socket)
    websocket.state.call = PhoneCall.of(start)
    plays = host.settings.mode != "send"

    def make(listener: TransportListener, handler: Handler) -> CallTransport:
        return CallTransport(listener, socket, start.stream_sid, plays=plays)

    line = Line(make, phone_mode=True, websocket=websocket)
    session = await host.open_session(start.stream_sid, asking, line)
    logger.info("session %s is the call %s", session.webrtc_id, start.call_sid or "without an id")
    return session
