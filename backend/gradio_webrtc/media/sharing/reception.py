"""What one viewer of a shared source is known to receive, by its own reports. Pure."""

from __future__ import annotations

from gradio_webrtc.media.loss_based_rate import LossBasedRate
from gradio_webrtc.media.packet_loss import HEAVY

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

MEMORY_SECONDS = 10.0
"""How long a sign of a network that is too narrow counts."""

NO_CEILING = 10**9
"""Bits per second that no video has."""


class Reception:
    """What a viewer says of its network: an estimate (REMB), and what it loses.

    An estimate alone says little: it is never far above what was sent, which is nothing much while
    nothing moves. Only with a sign that too much was sent it says what the network takes.

    Attributes:
        estimate: bits per second that the viewer says it can take, ``None`` while it has said
            nothing.
        sent: bits per second that are aimed at in what it gets, of which its losses tell.
    """

    def __init__(self) -> None:
        self.estimate: int | None = None
        self.sent = NO_CEILING
        self._losses = LossBasedRate(NO_CEILING)
        self._fell_at: float | None = None
        self._fell_to = 0
        self._fell_again_at = self._lost_at = float("-inf")

    @property
    def takes(self) -> int | None:
        """Bits per second by the estimate and by what was lost; ``None`` while nothing is known."""
        ceiling = self._losses.ceiling
        if self.estimate is None:
            return None if ceiling >= NO_CEILING else ceiling
        return min(self.estimate, ceiling)

    def estimated(self, bitrate: int, now: float) -> None:
        """Take an estimate; ``now`` in seconds."""
        if self.estimate is not None and bitrate < FALL * self.estimate:
            self._fell(bitrate, now)
        elif self._fell_at is not None and (
            FLAT_SECONDS <= now - self._fell_at <= MEMORY_SECONDS
            and bitrate < GROWTH * self._fell_to
        ):
            self._fell_again_at = now
        self.estimate = bitrate

    def lost(self, fraction: float, now: float) -> None:
        """Take the fraction of packets that was lost since the last report.

        The first of a newcomer may be of twenty packets: two in a row have to be bad.
        """
        before = self._losses.loss.fraction
        self._losses.reported(fraction, self.sent, now)
        if min(before, fraction, self._losses.loss.fraction) > HEAVY:
            self._lost_at = now
        elif not self.lossy(now):
            self._losses.lift()

    def lossy(self, now: float) -> bool:
        """Whether so much is lost that less has to be sent, whatever the estimate says."""
        return now - self._lost_at < MEMORY_SECONDS

    def congested(self, now: float) -> bool:
        """Whether more was sent of late than the network takes."""
        return self.lossy(now) or now - self._fell_again_at < MEMORY_SECONDS

    def _fell(self, bitrate: int, now: float) -> None:
        self._fell_to = bitrate
        if self._fell_at is None or now - self._fell_at > MEMORY_SECONDS:
            self._fell_at = now
        elif now - self._fell_at >= APART_SECONDS:
            self._fell_at = self._fell_again_at = now
