"""Twilio's end of a call in memory, on the loop's clock, and a session at the other."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import numpy as np

from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.protocol import AudioFormat, MediaKind
from gradio_webrtc.server.output_store import SessionOutputs
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import Limits
from gradio_webrtc.simulated_calls.playout import Playout
from gradio_webrtc.transports.telephone.call_playback import CallPlayback
from gradio_webrtc.transports.telephone.call_transport import CallTransport
from tests.support.emissions import parsed, value_of
from tests.support.memory_socket import MemorySocket
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import settle

SID = "MZ1"
RATE = 8_000
LEVEL = 8_000


class Speaker(ScriptedHandler):
    """Emits the sound that it is told to say."""

    async def emit(self, kind: MediaKind) -> Emission:
        return parsed(value_of(await super().emit(kind)))


class Call:
    """``async with Call() as call:`` a session, and Twilio, which plays what it is sent.

    Args:
        latency_s: how much later than it comes sound is played.
        marks: whether marks are given back, as other providers do not.
        ways_s: how long a message takes, either way.

    Attributes:
        heard: the levels of the 20 ms that the caller has heard, with the loop's time.
    """

    def __init__(
        self,
        latency_s: float = 0.06,
        *,
        marks: bool = True,
        ways_s: float = 0.0,
        limits: Limits | None = None,
    ) -> None:
        self.socket = MemorySocket()
        self.handler = Speaker(receives=["audio"], audio_format=AudioFormat(RATE, "mono", RATE))
        self.heard: list[tuple[float, int]] = []
        self._playout = Playout(latency_s)
        self._marks, self._ways = marks, ways_s
        self._read = 0
        self.session = Session(
            SID,
            self.handler,
            limits or Limits(),
            lambda listener: CallTransport(listener, self.socket, SID),
            SessionOutputs(SID),
            phone_mode=True,
        )
        self._playing = asyncio.ensure_future(self._play())

    async def __aenter__(self) -> Call:
        self.session.start()
        await settle()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.aclose()
        self._playing.cancel()
        await asyncio.gather(self._playing, return_exceptions=True)

    @property
    def now(self) -> float:
        """The loop's time."""
        return asyncio.get_running_loop().time()

    @property
    def playback(self) -> CallPlayback:
        """What is played to the caller."""
        playback = self.session.transport.playback
        assert isinstance(playback, CallPlayback)
        return playback

    @property
    def loud(self) -> list[float]:
        """When each 20 ms began in which the caller heard something."""
        return [time for time, level in self.heard if level > LEVEL / 2]

    def sent(self, event: str) -> list[float]:
        """Return when messages of one kind were sent."""
        return [time for time, text in self.socket.sent if json.loads(text)["event"] == event]

    def emits(self, seconds: float) -> None:
        """Let the handler emit sound."""
        self.handler.say((RATE, np.full(round(seconds * RATE), LEVEL, np.int16)))

    def put(self, event: str, **part: Any) -> None:
        """Send a message of Twilio's."""
        self.socket.put({"event": event, "streamSid": SID, event: part})

    async def passes(self, seconds: float) -> None:
        """Let time pass in which the caller is silent."""
        for _ in range(round(seconds * 50)):
            self.put("media", track="inbound", payload=base64.b64encode(b"\xff" * 160).decode())
            await asyncio.sleep(0.02)

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._take()
            played, marks = self._playout.play(self.now)
            self.heard.append((self.now, LEVEL if played.count(b"\xff") < 80 else 0))
            for name in marks:
                self._back(name)
            due += 0.02
            while loop.time() < due - 1e-6:
                await asyncio.sleep(0.005)
                self._take()

    def _take(self) -> None:
        """Take what has arrived."""
        arrived = [text for time, text in self.socket.sent[self._read :]
                   if time <= self.now - self._ways + 1e-6]  # fmt: skip
        self._read += len(arrived)
        for message in map(json.loads, arrived):
            assert message["streamSid"] == SID
            if message["event"] == "media":
                payload = base64.b64decode(message["media"]["payload"])
                self._playout.media(payload, self.now)
                continue
            marks = (
                self._playout.clear()
                if message["event"] == "clear"
                else self._playout.mark(message["mark"]["name"])
            )
            for name in marks:
                self._back(name)

    def _back(self, name: str) -> None:
        if self._marks:
            loop = asyncio.get_running_loop()
            loop.call_later(self._ways, lambda: self.put("mark", name=name))
