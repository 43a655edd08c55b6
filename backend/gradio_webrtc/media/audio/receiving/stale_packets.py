"""Keeping up with sound when the process does not: what waited too long is left out."""

from __future__ import annotations

from collections.abc import Callable

from gradio_webrtc.media.rtp_numbers import timestamp_distance

LATE_SECONDS = 1.0
"""A packet that waited this long to be read is late: no conversation is possible any more (ITU-T
G.114 calls 0.4 s the most that planning may allow)."""
PATIENCE_SECONDS = 2.0
"""How long packets have to be late before any is dropped. A process that stood still, for however
long, has read all that waits within a fraction of this, and nothing is lost; one that is still late
then has more to do than it can."""
CURRENT_SECONDS = 0.2
"""Dropping ends when packets waited for no more than this."""


class StalePackets:
    """Tells which packets of sound are dropped because this process is too slow to read them.

    Sound that is read later than it comes waits in the operating system, and there it stays: what
    is heard is seconds late from then on, for everybody, until the buffer is full and the newest
    is lost. So the oldest is dropped instead, until what is read is what is being said.

    How long a packet waited is how much further real time has gone than its sender's clock since
    the packet that waited least. Only where more packets wait behind a late one is it this process
    that is late. Otherwise it is the network, or a clock, and there is nothing to catch up with.

    Pure; not thread-safe. One source; another one restarts its clock.

    Args:
        more_wait: tells whether anything that arrived has not been read yet. Asked about late
            packets only.
        dropped: is told of each packet that is dropped, and how many seconds it is late.

    Attributes:
        dropping: whether packets are dropped now, so that it pays to read on quickly.
    """

    def __init__(self, more_wait: Callable[[], bool], dropped: Callable[[float], None]) -> None:
        self._more_wait = more_wait
        self._dropped = dropped
        self._raw: int | None = None
        self._sent = 0.0
        self._least = 0.0
        self._late_since: float | None = None
        self.dropping = False

    def drops(self, timestamp: int, clock_rate: int, now: float) -> bool:
        """Return whether to drop the packet that is read now.

        Args:
            timestamp: its RTP time, 32 bits, wraps.
            clock_rate: of that, in Hz.
            now: monotonic time in seconds.
        """
        late = self._lateness(timestamp, clock_rate, now)
        in_time = late <= (CURRENT_SECONDS if self.dropping else LATE_SECONDS)
        if not in_time and not self._more_wait():
            self._least += late
            in_time = True
        if in_time:
            self.dropping, self._late_since = False, None
            return False
        if self._late_since is None:
            self._late_since = now
        if now - self._late_since >= PATIENCE_SECONDS:
            self.dropping = True
            self._dropped(late)
        return self.dropping

    def _lateness(self, timestamp: int, clock_rate: int, now: float) -> float:
        """Return how many seconds longer this packet was under way than the quickest one."""
        if self._raw is None:
            self._raw, self._least = timestamp, now
        self._sent += timestamp_distance(timestamp, self._raw) / clock_rate
        self._raw = timestamp
        transit = now - self._sent
        self._least = min(self._least, transit)
        return transit - self._least
