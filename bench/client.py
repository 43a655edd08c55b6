"""The measuring client: this package's own, which is aiortc and little more; same for every server.

Imported from where it is, so that neither Gradio nor a server is loaded beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from bench.clips import ClipTrack
from bench.results import BenchError
from gradio_webrtc.client.call import Call
from gradio_webrtc.client.connecting import connect
from gradio_webrtc.client.errors import ClientError
from gradio_webrtc.client.feed import Feed
from gradio_webrtc.client.received import Ending

PATIENCE = 6.0
"""Seconds to wait for a connection, and then for a first frame."""

CODECS = ("audio/opus", "video/vp8")

OnFrame = Callable[[Any, float], None]


class Client:
    """One connection to a server.

    Args:
        port: of the server, on this machine.
        handler: which of the server's handlers; the first part of the path.
        track: sends, from the moment of the connection.

    Attributes:
        track: what is sent, and when it was.
        on_frame: called with each received ``ReceivedAudio`` or ``ReceivedFrame`` and when it came.
        connected_after: seconds from the offer's request to "connected".
        first_frame_after: seconds from the offer's request to the first received frame.
    """

    def __init__(self, port: int, handler: str, track: ClipTrack) -> None:
        self.track = track
        self.on_frame: OnFrame | None = None
        self.connected_after: float | None = None
        self.first_frame_after: float | None = None
        # The route itself is named, so that nothing is asked before the offer. No STUN server:
        # everything is on this machine, and asking one would be timed as well.
        self._url = f"http://127.0.0.1:{port}/{handler}/webrtc/offer"
        self._call: Call | None = None
        self._stack = AsyncExitStack()

    async def open(self) -> None:
        """Connect.

        Raises:
            BenchError: the server refused, or there is no connection within ``PATIENCE``.
        """
        connecting = connect(
            self._url,
            **{self.track.kind: self.track},  # type: ignore[arg-type]
            codecs=CODECS,
            timeout_s=PATIENCE,
        )
        try:
            self._call = await self._stack.enter_async_context(connecting)
        except ClientError as error:
            raise BenchError(str(error)) from error
        times = self._call.times
        self.connected_after = times.connected - times.asked
        self._feed.listen(self._came)

    async def first_frame(self, within_s: float = PATIENCE) -> None:
        """Wait for the first frame.

        Raises:
            BenchError: none came within ``within_s`` seconds.
        """
        assert self._call is not None
        try:
            first = await self._feed.first(lambda _: True, within_s=within_s)
        except ClientError:
            raise BenchError(f"no {self.track.kind} frame within {within_s:g} s") from None
        if self.first_frame_after is None:
            self.first_frame_after = first.at - self._call.times.asked

    def check_connected(self) -> None:
        """Raise ``BenchError`` when the connection is gone."""
        if self._call is None or self._call.ending is not None:
            ending = None if self._call is None else self._call.ending
            raise BenchError(f"the connection is gone: {ending}")

    @property
    def ending(self) -> Ending | None:
        """How the connection ended; ``None`` while it goes on, and before it began."""
        return None if self._call is None else self._call.ending

    async def aclose(self) -> None:
        """Hang up."""
        await self._stack.aclose()

    @property
    def _feed(self) -> Feed[Any]:
        assert self._call is not None
        return self._call.audio if self.track.kind == "audio" else self._call.video

    def _came(self, frame: object) -> None:
        if self.on_frame is not None:
            self.on_frame(frame, time.perf_counter())
