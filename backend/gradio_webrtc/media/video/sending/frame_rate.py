"""How many frames a second really come, for encoders that have to be told beforehand."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

WINDOW = 2.0
"""Seconds over which is counted: a moment without frames is no other rate."""

RECENT = 1.0
"""The last seconds, whose rate is told when that of the window is another; changes are no
closer."""

SETTLED = 0.7
"""Seconds after which the first frames tell enough."""

FASTER, SLOWER = 1.15, 1.5
"""How far the rate may go beyond what was told, up and down, until something else is told. Above it
more bits are sent than allowed, so little; below it less, and each change costs a key frame."""

LEAST = 2.0
"""Frames a second; slower ones are taken for as many, lest a single frame may have all bits."""


class FrameRateMeter:
    """Counts frames, and says what rate an encoder is to be told. Pure; not for several threads.

    Attributes:
        told: frames a second; changes seldom.
    """

    def __init__(self, told: float) -> None:
        """Begin with ``told``, until enough frames have come."""
        self.told = told
        self._times: deque[float] = deque(maxlen=256)
        self._changed = float("-inf")

    def add(self, time: float) -> None:
        """Count a frame at ``time`` in seconds; one that is earlier than the last begins anew."""
        times = self._times
        if times and time <= times[-1]:
            times.clear()
            self._changed = float("-inf")
        times.append(time)
        while len(times) > 2 and time - times[1] >= WINDOW:
            times.popleft()
        if time - times[0] < SETTLED or time - self._changed < RECENT:
            return
        if not self.told / SLOWER <= _rate(list(times)) <= self.told * FASTER:
            self.told = _rate([each for each in times if time - each <= RECENT])
            self._changed = time


def _rate(times: Sequence[float]) -> float:
    if len(times) < 2:
        return LEAST
    return max(LEAST, (len(times) - 1) / (times[-1] - times[0]))
