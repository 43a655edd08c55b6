"""Whether a receiver's estimates (REMB) say that more is sent than its network takes. Pure."""

from __future__ import annotations

FALL = 0.95
"""An estimate that falls below this share of the one before says that packets queued up."""

APART_SECONDS = 1.0
"""A narrow network makes estimates fall again and again. A machine that stood still for a moment
does it once, or several times within a second."""

FLAT_SECONDS = 2.0
GROWTH = 1.02
"""An estimate that has not grown by so much, so long after a fall, is still being held down: one of
a network with room grows by 4 to 8 % a second. It need not fall again, since it goes by what
arrives, which is all that a narrow network takes."""

FULL_SECONDS = 3.0
"""How long after a fall, even a single one, the queue in front of a network may still be full."""

MEMORY_SECONDS = 10.0
"""How long a sign of a network that is too narrow counts."""


class FallingEstimate:
    """What the estimates of one receiver have done of late.

    Attributes:
        newest: bits per second that it says it can take, ``None`` while it has said nothing.
    """

    def __init__(self) -> None:
        self.newest: int | None = None
        self._fell_at: float | None = None
        self._fell_to = 0
        self._last_fell_at = float("-inf")
        self._fell_again_at = float("-inf")

    def add(self, bitrate: int, now: float) -> None:
        """Take an estimate in bits per second; ``now`` in seconds."""
        if self.newest is not None and bitrate < FALL * self.newest:
            self._fell(bitrate, now)
        elif self._fell_at is not None and (
            FLAT_SECONDS <= now - self._fell_at <= MEMORY_SECONDS
            and bitrate < GROWTH * self._fell_to
        ):
            self._fell_again_at = now
        self.newest = bitrate

    def congested(self, now: float) -> bool:
        """Whether it fell again and again, or fell and stayed down, within the last seconds."""
        return now - self._fell_again_at < MEMORY_SECONDS

    def fell(self, now: float) -> bool:
        """Whether it fell of late, if only once: what is sent should not come in bursts."""
        return now - self._last_fell_at < FULL_SECONDS

    def _fell(self, bitrate: int, now: float) -> None:
        self._last_fell_at = now
        self._fell_to = bitrate
        if self._fell_at is None or now - self._fell_at > MEMORY_SECONDS:
            self._fell_at = now
        elif now - self._fell_at >= APART_SECONDS:
            self._fell_at = self._fell_again_at = now
