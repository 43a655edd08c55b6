"""When a shared encoder makes a key frame, and what somebody who joins in between is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

KEY_FRAME_INTERVAL = 0.5
"""Seconds between two key frames that are asked for, however many ask: a key frame of 720p takes
the bits of five to ten other frames."""

CATCHING_UP = 90
"""How far the times of frames that are sent at once lie apart, in 90 kHz: a millisecond. With their
own times a receiver would take those that come last for early, and show everything late."""


@dataclass(frozen=True)
class PackedFrame:
    """One encoded frame, cut into what packets carry.

    Attributes:
        payloads: of its RTP packets.
        timestamp: in 90 kHz for video and 48 kHz for audio, from any beginning.
        key: whether decoding can begin here.
    """

    payloads: Sequence[bytes]
    timestamp: int
    key: bool = True


class KeyFrameGroup:
    """The last key frame and what came after it, while it is young. Pure; for one encoder.

    Whoever joins while it is young is sent the group at once. Later the next frame is made a key
    frame for them. So nobody waits, and many who come together do not each cost a key frame.
    """

    def __init__(self) -> None:
        self._frames: list[PackedFrame] = []
        self._made = float("-inf")
        self._wanted = False

    def ask(self, now: float) -> float:
        """Ask for a key frame; return in how many seconds one may be made."""
        self._wanted = True
        return self._rest(now)

    def due(self, now: float) -> bool:
        """Whether the next frame has to be a key frame."""
        return self._wanted and self._rest(now) <= 0

    def sent(self, frame: PackedFrame, now: float) -> None:
        """Note a frame that was encoded, whoever asked for it."""
        if frame.key:
            self._frames, self._made, self._wanted = [frame], now, False
        elif now - self._made >= KEY_FRAME_INTERVAL:
            self._frames.clear()
        elif self._frames:
            self._frames.append(frame)

    def since_key(self, now: float) -> list[PackedFrame]:
        """Return what brings somebody up to date; nothing when a new key frame is as soon there."""
        if now - self._made >= KEY_FRAME_INTERVAL:
            self._frames.clear()
        count = len(self._frames)
        if not count:
            return []
        end = self._frames[-1].timestamp
        return [
            replace(frame, timestamp=end - (count - 1 - place) * CATCHING_UP)
            for place, frame in enumerate(self._frames)
        ]

    def forget(self) -> None:
        """Nobody was sent what is encoded from now on, until the next key frame."""
        self._frames.clear()
        self._made, self._wanted = float("-inf"), False

    def _rest(self, now: float) -> float:
        return max(0.0, self._made + KEY_FRAME_INTERVAL - now)
