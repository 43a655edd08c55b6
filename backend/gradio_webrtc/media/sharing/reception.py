"""What one viewer of a shared source is known to receive, by its own reports. Pure."""

from __future__ import annotations

from gradio_webrtc.media.falling_estimate import MEMORY_SECONDS, FallingEstimate
from gradio_webrtc.media.loss_based_rate import LossBasedRate
from gradio_webrtc.media.packet_loss import HEAVY

NO_CEILING = 10**9
"""Bits per second that no video has."""


class Reception:
    """What a viewer says of its network: an estimate (REMB), and what it loses.

    An estimate alone says little: it is never far above what was sent, which is nothing much while
    nothing moves. Only with a sign that too much was sent it says what the network takes.

    Attributes:
        sent: bits per second that are aimed at in what it gets, of which its losses tell.
    """

    def __init__(self) -> None:
        self.sent = NO_CEILING
        self._losses = LossBasedRate(NO_CEILING)
        self._estimates = FallingEstimate()
        self._lost_at = float("-inf")

    @property
    def estimate(self) -> int | None:
        """Bits per second that the viewer says it can take, ``None`` while it has said nothing."""
        return self._estimates.newest

    @property
    def takes(self) -> int | None:
        """Bits per second by the estimate and by what was lost; ``None`` while nothing is known."""
        ceiling = self._losses.ceiling
        if self.estimate is None:
            return None if ceiling >= NO_CEILING else ceiling
        return min(self.estimate, ceiling)

    def estimated(self, bitrate: int, now: float) -> None:
        """Take an estimate; ``now`` in seconds."""
        self._estimates.add(bitrate, now)

    def lost(self, fraction: float, now: float) -> None:
        """Take the fraction of packets that was lost since the last report.

        The first of a newcomer may be of twenty packets: two in a row have to be bad.
        """
        before = self._losses.loss.fraction
        self._losses.reported(fraction, self.sent)
        if min(before, fraction, self._losses.loss.fraction) > HEAVY:
            self._lost_at = now
        elif not self.lossy(now):
            self._losses.lift()

    def lossy(self, now: float) -> bool:
        """Whether so much is lost that less has to be sent, whatever the estimate says."""
        return now - self._lost_at < MEMORY_SECONDS

    def pacing_rate(self, now: float) -> int | None:
        """Return the bits per second by which to spread packets out, ``None`` for not at all."""
        return self.sent if self.congested(now) else None

    def congested(self, now: float) -> bool:
        """Whether more was sent of late than the network takes."""
        return self.lossy(now) or self._estimates.congested(now)
