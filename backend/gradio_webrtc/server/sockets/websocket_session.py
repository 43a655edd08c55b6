"""One websocket of the published protocol, from its first message to the end of its session."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import replace

from starlette.websockets import WebSocket

from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.handlers.protocol import AudioFormat, Handler
from gradio_webrtc.server.answering import Answer
from gradio_webrtc.server.quotas import Requester, page_of
from gradio_webrtc.server.session_builder import Line
from gradio_webrtc.server.sockets.starlette_socket import accepted
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, SessionState
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.sockets.socket_transport import SocketTransport
from gradio_webrtc.transports.sockets.text_socket import SocketClosedError, TextSocket
from gradio_webrtc.transports.websocket.audio_format import read_formats
from gradio_webrtc.transports.websocket.codec import WebSocketCodec
from gradio_webrtc.transports.websocket.start import read_start

REFUSAL_SECONDS = 2.0
"""How long a refusal may take to go out, and the socket to close after it."""


async def serve_websocket(
    host: StreamHost, websocket: WebSocket, asking: Requester, *, pages: bool = False
) -> None:
    """Serve a websocket until its session has ended.

    Args:
        host: the stream it is for.
        websocket: accepted or not; its origin has been checked.
        asking: who asks.
        pages: whether the ``session_hash`` of ``start`` names a Gradio page, whose session it is.
    """
    socket = await accepted(websocket)
    opened: list[Session] = []

    async def begin() -> Answer:
        try:
            opened.append(await _open(host, socket, websocket, asking, pages=pages))
        except SocketClosedError:
            return {"status": "closed"}
        return {"status": "success"}

    answer = await host.answering.answer(asking, begin())
    if opened:
        await ended(opened[0])
    elif answer["status"] == "failed":
        await refuse(socket, answer)


async def _open(
    host: StreamHost, socket: TextSocket, websocket: WebSocket, asking: Requester, *, pages: bool
) -> Session:
    start = await read_start(socket)
    asked = start.get("format")
    read_formats(asked, AudioFormat())  # a refusal comes before anything is ended or made
    plays = host.settings.mode != "send"

    def make(listener: TransportListener, handler: Handler) -> SocketTransport:
        codec = WebSocketCodec(asked, handler.audio_format)
        return SocketTransport(listener, socket, codec, plays=plays)

    # Whether a client that says nothing is there, the server's own pings find out.
    limits = replace(host.settings.limits, silence=None)
    return await host.open_session(
        start.get("websocket_id"),
        replace(asking, owner=page_of(start)) if pages else asking,
        Line(make, websocket=websocket, limits=limits),
        replaces=start.get("replaces"),
        start=start.get("start"),
    )


async def refuse(socket: TextSocket, answer: Answer) -> None:
    """Tell a client why it is not served, and close."""
    with contextlib.suppress(SocketClosedError):
        await finished_within(socket.send(json.dumps(answer)), REFUSAL_SECONDS)
    await finished_within(socket.close(), REFUSAL_SECONDS)


async def ended(session: Session) -> None:
    """Wait for the end of a session, which ends as well when the server cancels this."""
    over = asyncio.Event()
    session.on_closed_callbacks.append(lambda _: over.set())
    try:
        if session.state is not SessionState.CLOSED:
            await over.wait()
    finally:
        session.end(CloseReason.TRANSPORT_FAILED)
