"""What the caller of a simulated call hears: queued audio, marks and clears. Pure.

As https://www.twilio.com/docs/voice/media-streams/websocket-messages says: media is buffered and
played in the order it came; a mark comes back when what was sent before it has been played, at once
if nothing waits; ``clear`` empties the buffer and sends all its marks back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

FRAME_BYTES = 160
"""20 ms of mu-law at 8 kHz."""

SILENCE = b"\xff"
"""Zero, in mu-law."""

MAX_QUEUED = 60 * 50 * FRAME_BYTES
"""A minute. Twilio's own limit is not documented; more is dropped and counted."""


class Playout:
    """The buffer between a stream and the caller's ear.

    Args:
        latency_s: how long the first audio after a silence waits before it is played, as networks
            have it.

    Attributes:
        dropped: bytes that did not fit.
    """

    def __init__(self, latency_s: float = 0.0) -> None:
        self.dropped = 0
        self._latency = latency_s
        self._queue: deque[bytes | str] = deque()
        self._waiting = 0
        self._from = 0.0

    @property
    def waiting_s(self) -> float:
        """Seconds of audio that have not been played."""
        return self._waiting / 8000

    def media(self, payload: bytes, now: float) -> None:
        """Queue mu-law that arrived at ``now``, in seconds."""
        if self._waiting + len(payload) > MAX_QUEUED:
            self.dropped += len(payload)
            return
        if not self._queue:
            self._from = now + self._latency
        self._queue.append(payload)
        self._waiting += len(payload)

    def mark(self, name: str) -> Sequence[str]:
        """Queue a mark; return it when it comes back at once."""
        if not self._queue:
            return [name]
        self._queue.append(name)
        return []

    def clear(self) -> Sequence[str]:
        """Drop all audio; return the marks that come back."""
        marks = [item for item in self._queue if isinstance(item, str)]
        self._queue.clear()
        self._waiting = 0
        return marks

    def play(self, now: float) -> tuple[bytes, Sequence[str]]:
        """Return the next 20 ms, and the marks that come back after them."""
        played = bytearray()
        marks: list[str] = []
        while self._queue and now >= self._from:
            item = self._queue[0]
            if isinstance(item, str):
                marks.append(item)
                self._queue.popleft()
                continue
            room = FRAME_BYTES - len(played)
            if not room:
                break
            played += item[:room]
            self._waiting -= min(room, len(item))
            if len(item) > room:
                self._queue[0] = item[room:]
            else:
                self._queue.popleft()
        return bytes(played).ljust(FRAME_BYTES, SILENCE), marks
