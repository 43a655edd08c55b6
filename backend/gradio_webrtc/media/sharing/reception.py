"""What one viewer of a shared source is known to receive, by its own reports. Pure."""

from __future__ import annotations

from gradio_webrtc.media.packet_loss import HEAVY, SmoothedLoss

FALL = 0.95
"""An estimate that falls below this share of the one before says that packets queued up."""

APART_SECONDS = 1.0
"""A narrow network makes estimates fall again and again. A machine that stood still for a moment
does it once, or several times within a second."""

MEMORY_SECONDS = 10.0
"""How long a sign of a network that is too narrow counts."""


class Reception:
    """What a viewer says of its network: an estimate (REMB), and what it loses.

    An estimate alone says little: it is never far above what was sent, which is nothing much while
    nothing moves. Only with a sign that too much was sent it says what the network takes.

    Attributes:
        estimate: bits per second that the viewer says it can take, ``None`` while it has said
            nothing.
    """

    def __init__(self) -> None:
        self.estimate: int | None = None
        self._loss = SmoothedLoss()
        self._fell_at: float | None = None
        self._fell_again_at = self._lost_at = float("-inf")

    def estimated(self, bitrate: int, now: float) -> None:
        """Take an estimate; ``now`` in seconds."""
        if self.estimate is not None and bitrate < FALL * self.estimate:
            self._fell(now)
        self.estimate = bitrate

    def lost(self, fraction: float, now: float) -> None:
        """Take the fraction of packets that was lost since the last report."""
        if self._loss.reported(fraction) > HEAVY:
            self._lost_at = now

    def lossy(self, now: float) -> bool:
        """Whether so much is lost that less has to be sent, whatever the estimate says."""
        return now - self._lost_at < MEMORY_SECONDS

    def congested(self, now: float) -> bool:
        """Whether more was sent of late than the network takes."""
        return self.lossy(now) or now - self._fell_again_at < MEMORY_SECONDS

    def _fell(self, now: float) -> None:
        if self._fell_at is None or now - self._fell_at > MEMORY_SECONDS:
            self._fell_at = now
        elif now - self._fell_at >= APART_SECONDS:
            self._fell_at = self._fell_again_at = now
