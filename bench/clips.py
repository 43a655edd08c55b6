"""What the client sends: media encoded once, before anything is measured.

Encoding ten streams live would make the client compete with the server for the machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from aiortc import MediaStreamTrack
from av import Packet

CLOCK = 90_000
"""Ticks a second of the packets' timestamps; aiortc converts them to the codec's own clock."""

Kind = Literal["audio", "video"]


@dataclass(frozen=True)
class Clip:
    """Encoded frames to be sent in a cycle, ``interval`` seconds apart."""

    kind: Kind
    frames: Sequence[bytes]
    interval: float


class ClipTrack(MediaStreamTrack):
    """Sends a clip on time, starting with the first ``recv``.

    Attributes:
        sent: when each frame was handed to the sender, by ``time.perf_counter``.
        late: how many seconds after its time the latest frame was handed over, at worst.
    """

    def __init__(self, clip: Clip) -> None:
        super().__init__()
        self.kind = clip.kind
        self.sent: list[float] = []
        self.late = 0.0
        self._clip = clip
        self._start: float | None = None

    async def recv(self) -> Packet[Any]:
        """Return the next frame when it is due; called by aiortc's sender."""
        if self._start is None:
            self._start = time.perf_counter()
        number = len(self.sent)
        due = self._start + number * self._clip.interval
        delay = due - time.perf_counter()
        if delay > 0:
            await asyncio.sleep(delay)
        packet = Packet(self._payload(number))
        packet.pts = round(number * self._clip.interval * CLOCK)
        packet.time_base = Fraction(1, CLOCK)
        now = time.perf_counter()
        self.late = max(self.late, now - due)
        self.sent.append(now)
        self._handed_over(now)
        return packet

    def _payload(self, number: int) -> bytes:
        return self._clip.frames[number % len(self._clip.frames)]

    def _handed_over(self, now: float) -> None:
        """Tell a subclass that a frame was handed to the sender at ``now``."""
