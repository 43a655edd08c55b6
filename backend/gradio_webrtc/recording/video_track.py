"""Frames that arrived at odd moments, laid out on a recording's clock."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

INTERVAL = 1 / 30
"""Seconds between two frames of a file at least: two sides of 30 frames a second each would
make sixty of them, all but the same."""

REPEAT = 1.0
"""Seconds after which a frame that stands still is written again, so that a player can seek into
it, and a file that was cut off has it."""


@dataclass(frozen=True)
class Shot:
    """Write this frame.

    Attributes:
        time: when it is to be shown, in seconds from the start of the file.
        pictures: the newest frame of each side that has had one.
    """

    time: float
    pictures: Mapping[str, Any]


class VideoTrack:
    """The frames of all recorded sides. Pure; not thread-safe; what a frame is does not matter.

    Every frame keeps its moment, to a thirtieth of a second. The first shot is at 0, of nothing
    when no frame has come by then, because players expect both tracks to start there.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, str, Any]] = []
        self._count = 0
        self._current: dict[str, Any] = {}
        self._changed: float | None = 0.0
        self._last: float | None = None

    def push(self, side: str, time: float, picture: Any) -> None:
        """Add what ``side`` shows from ``time`` on, in seconds."""
        self._count += 1  # two frames of one moment stay in order and are never compared
        heapq.heappush(self._waiting, (time, self._count, side, picture))

    def advance(self, until: float) -> list[Shot]:
        """Return the shots due before ``until``; frames that come later are shown from then."""
        shots: list[Shot] = []
        while True:
            arrives = self._waiting[0][0] if self._waiting else inf
            due = self._due()
            if min(arrives, due) > until:
                return shots
            if arrives <= due:
                time, _, side, picture = heapq.heappop(self._waiting)
                self._current[side] = picture
                if self._changed is None:
                    self._changed = time
            else:
                shots.append(self._take(due))

    def finish(self, end: float) -> list[Shot]:
        """Return what is left, and the last frame once more so that the file lasts to ``end``."""
        shots = self.advance(end)
        if self._last is None or end - self._last >= INTERVAL or self._changed is not None:
            shots.append(self._take(max(end, 0.0 if self._last is None else self._last + INTERVAL)))
        return shots

    def _due(self) -> float:
        if self._last is None:
            return 0.0
        if self._changed is not None:
            return max(self._changed, self._last + INTERVAL)
        return self._last + REPEAT

    def _take(self, time: float) -> Shot:
        self._last, self._changed = time, None
        return Shot(time, dict(self._current))
