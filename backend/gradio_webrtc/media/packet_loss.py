"""Which part of its packets a receiver loses, as far as its reports tell. Pure."""

from __future__ import annotations

from gradio_webrtc.media.rtp_numbers import extended_sequence_distance

APART_SECONDS = 0.5
"""From one report that counts to the next at least. A browser sends a report with each request for
packets or a key frame, which is up to fifty a second where much is lost."""

HEAVY = 0.12
"""Lost packets, of all, beyond which less is sent. The draft of Google's congestion control
(draft-ietf-rmcat-gcc-02, section 6) says 0.10; a wireless network that loses as much by chance,
which sending less does not mend, would be over that every other time."""

SMOOTHING = 0.3
"""Weight of the newest report: it tells of some fifty packets, so 0.10 may be 0.06 or 0.14."""


class ReportedLoss:
    """Which part of its packets a receiver lost since what it reported half a second ago or more.

    The fraction that a report names is of the packets since the report before, which may have been
    two. It is reckoned from the counts instead (RFC 3550, appendix A.3).
    """

    def __init__(self) -> None:
        self._at = float("-inf")
        self._lost = 0
        self._highest: int | None = None

    def reported(self, fraction: float, lost: int, highest: int, now: float) -> float | None:
        """Return what is to be gone by, ``None`` when the report tells nothing yet.

        Args:
            fraction: of the packets since the report before, which is all that a first one tells.
            lost: packets since the beginning.
            highest: number of the newest packet that came, cycles included, of 32 bits.
            now: monotonic seconds.
        """
        if now - self._at < APART_SECONDS or highest == self._highest:
            return None
        before, more = self._highest, lost - self._lost
        self._at, self._lost, self._highest = now, lost, highest
        sent = 0 if before is None else extended_sequence_distance(highest, before)
        return max(0.0, min(more / sent, 1.0)) if sent > 0 else fraction


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
