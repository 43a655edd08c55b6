"""How much of what was sent the caller has heard, by the marks that Twilio gives back. Pure.

Twilio buffers what it is sent and plays it in its own time. A mark behind each frame comes back
when the frame has been played, or at once after a ``clear``. So frames whose marks are still out at
a ``clear`` were not heard, and their marks, which then come back, no longer count: except for the
few that were played while their marks and the ``clear`` were on their ways. How long these ways are
is measured by a mark before the first frame after a silence, which comes back at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

FRAME_S = 0.02

PATIENCE_S = 2.0
"""A frame whose mark has not come back for so long counts as played. Frames leave in real time, so
that Twilio holds a fraction of a second; who never gives marks back, as some do that speak the same
protocol, is believed to have played what it got."""

EPSILON_S = 1e-3
"""A timer may be that early."""

BLIND_FRAMES = 3
"""How many frames are sent again to one who gives no marks back: what is likely to be buffered."""


@dataclass(frozen=True)
class SentFrame:
    """20 ms that go out.

    Attributes:
        name: of the mark behind it.
        payload: mu-law.
        end: how many seconds of what was emitted have gone out with it.
        at: when it is sent, in seconds.
        probe: name of a mark to be sent before it, if any.
    """

    name: str
    payload: bytes
    end: float
    at: float
    probe: str | None = None


class PlayedMarks:
    """Keeps account of one call. Not for several threads, except ``heard_s``.

    Attributes:
        heard_s: seconds of what was emitted that the caller has heard. It never goes back.
        round_trip_s: the shortest way there and back so far, ``None`` before any mark came back.
    """

    def __init__(self) -> None:
        self.heard_s = 0.0
        self.round_trip_s: float | None = None
        self._out: deque[SentFrame] = deque()
        self._kept: Sequence[SentFrame] = ()
        self._probe: tuple[str, float] | None = None
        self._number = 0
        self._returned_at: float | None = None
        self._sent = self._heard = self._lost = 0.0

    @property
    def playing(self) -> bool:
        """Whether frames are out that may not have been played."""
        return bool(self._out)

    @property
    def unheard_s(self) -> float:
        """Seconds of what was emitted that were sent and have not been heard."""
        return self._sent - self._heard

    @property
    def held(self) -> bool:
        """Whether frames wait to be sent again."""
        return bool(self._kept)

    def sent(self, payload: bytes, end: float, now: float) -> SentFrame:
        """Note a frame that goes out, and return it with the marks to send around it.

        Args:
            payload: mu-law.
            end: seconds of what was emitted that have gone out with it.
            now: the time in seconds.
        """
        probe = None
        if not self._out:
            probe = self._name()
            self._probe = (probe, now)
            self._returned_at = None
        frame = SentFrame(self._name(), payload, end, now, probe)
        self._out.append(frame)
        self._sent = end
        return frame

    def returned(self, name: str, now: float) -> None:
        """A mark came back: everything up to it has been played. Unknown ones are ignored."""
        if self._probe is not None and name == self._probe[0]:
            took = now - self._probe[1]
            self.round_trip_s = min(took, took if self.round_trip_s is None else self.round_trip_s)
            self._probe = None
        elif any(frame.name == name for frame in self._out):
            while self._out[0].name != name:
                self._out.popleft()
            self._hear(self._out.popleft().end)
            self._returned_at = now

    def expire(self, now: float) -> float | None:
        """Count what has been out for too long as played.

        Returns:
            Seconds until the next one will, ``None`` when nothing is out.
        """
        while self._out and now - self._out[0].at >= PATIENCE_S - EPSILON_S:
            self._hear(self._out.popleft().end)
        return self._out[0].at + PATIENCE_S - now if self._out else None

    def clear(self, now: float) -> None:
        """What is out is cleared at the other end; that, and what was held, is not heard."""
        self._hear_out(self._on_its_way(now))
        self._out.clear()
        self._kept = ()
        self._lost += self._sent - self._heard
        self._heard = self._sent

    def hold(self, now: float) -> None:
        """What is out is cleared at the other end, and will be sent again."""
        if self._out:
            self._hear_out(self._on_its_way(now))
            self._kept = [*self._kept, *self._out]
            self._out.clear()

    def release(self, now: float) -> Sequence[SentFrame]:
        """Return what is to be sent again, before anything else, and note it."""
        kept, self._kept = self._kept, ()
        return [self.sent(frame.payload, frame.end, now) for frame in kept]

    def _on_its_way(self, now: float) -> int:
        """Return how many of the frames that are out are played before a clear of ``now`` is there.

        The last mark left when its frame had been played, half a round trip before it came; a clear
        arrives half a round trip from now; in between frame after frame is played.
        """
        if self.round_trip_s is None:
            return max(0, len(self._out) - BLIND_FRAMES)
        if self._returned_at is None:
            return 0
        return min(len(self._out), int((now - self._returned_at + self.round_trip_s) / FRAME_S))

    def _hear_out(self, count: int) -> None:
        for _ in range(count):
            self._hear(self._out.popleft().end)

    def _hear(self, end: float) -> None:
        self._heard = max(self._heard, end)
        self.heard_s = self._heard - self._lost

    def _name(self) -> str:
        self._number += 1
        return str(self._number)
