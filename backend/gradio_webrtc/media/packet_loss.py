"""Which part of its packets a receiver loses, as far as its reports tell. Pure."""

from __future__ import annotations

HEAVY = 0.12
"""Lost packets, of all, beyond which less is sent. The draft of Google's congestion control
(draft-ietf-rmcat-gcc-02, section 6) says 0.10; a wireless network that loses as much by chance,
which sending less does not mend, would be over that every other time."""

SMOOTHING = 0.3
"""Weight of the newest report: it tells of some fifty packets, so 0.10 may be 0.06 or 0.14."""


class SmoothedLoss:
    """A mean of the reports, of which newer ones count more.

    Attributes:
        fraction: of the packets that is lost; 0 before the first report.
    """

    def __init__(self) -> None:
        self.fraction = 0.0
        self._known = False

    def reported(self, fraction: float) -> float:
        """Take which part was lost since the last report; return the mean."""
        weight = SMOOTHING if self._known else 1.0
        self.fraction += weight * (fraction - self.fraction)
        self._known = True
        return self.fraction
