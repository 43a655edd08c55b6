"""Bare aiortc, used as its own server example uses it: the yardstick, with no package around it.

Audio is echoed by sending back the incoming track through ``MediaRelay``. Video goes through a
track whose ``recv`` calls the handler right there, on the event loop, for every frame in turn. The
idle connection swallows what comes and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.contrib.media import MediaBlackhole, MediaRelay
from av import VideoFrame
from fastapi import FastAPI

from bench.servers.pictures import VIDEO_HANDLERS, Picture
from bench.servers.serve import handler_names, serve

Answer = dict[str, str]


class HandlerTrack(MediaStreamTrack):
    """The incoming video after a function."""

    kind = "video"

    def __init__(self, source: MediaStreamTrack, handler: Callable[[Picture], Picture]) -> None:
        super().__init__()
        self._source = source
        self._handler = handler

    async def recv(self) -> VideoFrame:
        """Return the next frame; called by aiortc's sender."""
        frame = await self._source.recv()
        assert isinstance(frame, VideoFrame)
        source: Picture = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
        picture = self._handler(source)
        answer = VideoFrame.from_ndarray(picture, format="rgb24")
        answer.pts = frame.pts
        answer.time_base = frame.time_base
        return answer


class EchoServer:
    """Answers the offers for one handler and keeps their connections."""

    def __init__(self, handler: str) -> None:
        self._handler = handler
        self._connections: set[RTCPeerConnection] = set()

    async def answer(self, body: dict[str, Any]) -> Answer:
        """Answer one offer."""
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connections.add(connection)
        sinks: list[MediaBlackhole] = []

        @connection.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            if self._handler.startswith("idle"):
                sinks.append(MediaBlackhole())
                sinks[-1].addTrack(track)
            elif track.kind == "audio":
                connection.addTrack(MediaRelay().subscribe(track))
            else:
                connection.addTrack(HandlerTrack(track, VIDEO_HANDLERS[self._handler]))

        @connection.on("connectionstatechange")
        async def on_state() -> None:
            if connection.connectionState in ("failed", "closed"):
                await connection.close()
                self._connections.discard(connection)

        await connection.setRemoteDescription(RTCSessionDescription(body["sdp"], body["type"]))
        await connection.setLocalDescription(await connection.createAnswer())
        for sink in sinks:
            await sink.start()
        return {"sdp": connection.localDescription.sdp, "type": connection.localDescription.type}


def route(handler: str) -> Callable[[dict[str, Any]], Coroutine[Any, Any, Answer]]:
    """Return the HTTP route of one handler."""
    server = EchoServer(handler)

    async def offer(body: dict[str, Any]) -> Answer:
        """Answer an offer."""
        return await server.answer(body)

    return offer


def main() -> None:
    """Serve the handlers named on the command line, each under its name."""
    app = FastAPI()
    for name in handler_names():
        app.post(f"/{name}/webrtc/offer")(route(name))
    serve(app)


if __name__ == "__main__":
    main()
