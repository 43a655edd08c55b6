"""How much audio is missing by wall clock when it stops coming. Pure: time is an argument."""

from __future__ import annotations

TOLERANCE_S = 0.25
"""Audio may be late by this much and still be no pause: networks hold packets back for 100 to 200
ms and deliver them all at once."""
RETURN_S = 1.0
"""While nothing waits for a pause a shorter gap is left as it is: audio that was only late would be
torn apart. More than the longest stretch of audio in which speech is looked for by default."""
LATE_S = 0.02
"""A timer that fires later than this tells of a process that stood still. The audio of that time
waits in a socket, and comes next."""
GRACE_S = 0.1
"""How long that audio gets to come."""

STEP_S = 0.02
"""Silence is not asked for in smaller pieces."""


class AudioClock:
    """Compares the audio that came with the time that passed. All times are of one clock."""

    def __init__(self) -> None:
        self._last: float | None = None
        """When the last audio had been taken; ``None`` before the first."""
        self._until = 0.0
        """The time up to which audio came or was found missing."""
        self._forgiven = False

    def taken(self, now: float) -> None:
        """Audio was taken, and all before ``now`` is settled."""
        self._last = self._until = now
        self._forgiven = False

    def returned(self, now: float, seconds: float) -> float:
        """Return how much is missing before audio of this length, 0 if that is no gap."""
        missing = 0.0 if self._last is None else now - self._until - seconds
        return missing if missing >= RETURN_S else 0.0

    def due(self, left: float) -> float | None:
        """Return when ``left`` more seconds of silence will have passed if no audio comes.

        ``None`` before the first audio.
        """
        if self._last is None:
            return None
        return max(self._last + TOLERANCE_S, self._until + max(left, STEP_S))

    def fill(self, now: float) -> float:
        """Return how much is missing up to ``now``, which is settled with that."""
        missing, self._until = now - self._until, now
        return missing

    def forgives(self, due: float, now: float) -> float | None:
        """Return when to look again if what was due came late; ``None`` if it came in time.

        Once for each time that audio stops, so that a machine that is always late ends turns too.
        """
        late = now - due
        if late <= LATE_S or self._forgiven or self._last is None:
            return None
        self._forgiven = True
        self._last += late
        self._until += late
        return now + GRACE_S
