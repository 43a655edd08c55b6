"""How many bits a second are worth sending, by the losses that a receiver reports. Pure.

What a receiver estimates (REMB) goes by how much later packets come than they were sent. A network
with a short queue drops them instead, and is seen by that alone. The rule is that of Google's
congestion control (draft-ietf-rmcat-gcc-02, section 6).
"""

from __future__ import annotations

from gradio_webrtc.media.packet_loss import HEAVY, SmoothedLoss

LIGHT = 0.02
"""Lost packets below which more is sent; between the two nothing changes."""
GROWTH = 1.05
"""For each report without losses; browsers send one a second for video, or more."""
SEVERE = 0.25
"""Lost packets of which no network loses as many by chance: sending less is all that helps, however
little is left."""
LEAST = 100_000
"""Bits a second below which nobody is served."""
BY_CHANCE = 300_000
"""Bits a second below which losses lead nowhere unless they are severe. TCP would be as fast on a
network that loses one packet in ten by chance, with a round trip of 50 ms (RFC 5348, section 3.1):
340,000."""

LOWER, HIGHER = 0.1, 0.2
"""By how much a target has to change before an encoder follows. It begins anew for that, with a key
frame: down at once, since the network does not take what is sent, and up in larger steps."""


class LossBasedRate:
    """A ceiling that comes down with heavy losses and goes up without any.

    Args:
        most: bits per second beyond which it is no ceiling.

    Attributes:
        ceiling: bits per second.
        loss: the mean of the reports that counted.
    """

    def __init__(self, most: int) -> None:
        self.ceiling = most
        self._most = most
        self.loss = SmoothedLoss()

    def reported(self, fraction: float, sent: int) -> int:
        """Take a report and return the ceiling.

        Args:
            fraction: which part of the packets was lost since the last one.
            sent: bits per second that were aimed at, which the losses tell of.
        """
        lost = self.loss.reported(fraction)
        if lost > HEAVY:
            lower = round(min(self.ceiling, sent) * (1 - 0.5 * lost))
            least = LEAST if lost >= SEVERE else BY_CHANCE
            self.ceiling = max(min(least, self._most, sent), lower)
        elif lost < LIGHT:
            self.ceiling = min(round(self.ceiling * GROWTH), self._most)
        return self.ceiling

    def lift(self) -> None:
        """Be no ceiling again: the losses are over, or are none that sending less would mend."""
        self.ceiling = self._most
