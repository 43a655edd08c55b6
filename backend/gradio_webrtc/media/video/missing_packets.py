"""Which packets are missing, and when to ask for them (again)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ASK_INTERVAL = 0.1
"""Seconds between two requests for a packet: longer than most round trips."""
MAX_MISSING = 256
"""More are not asked for one by one: a key frame is fewer packets, and comes sooner."""


@dataclass
class _Request:
    noticed: float
    again: float


class MissingPackets:
    """Numbers of missing packets, with the time of each request. Pure; numbers are unwrapped."""

    def __init__(self) -> None:
        self._requests: dict[int, _Request] = {}

    def overdue(self, patience: float, now: float) -> int | None:
        """Return the last number that has been missing for ``patience`` seconds, if any has."""
        overdue = None
        # They were noticed in the order of time and number, which a dict keeps.
        for number, request in self._requests.items():
            if request.noticed + patience > now:
                break
            overdue = number
        return overdue

    def next_look(self, patience: float) -> float | None:
        """Return when to look again, if each is waited for ``patience`` seconds."""
        if not self._requests:
            return None
        requests = self._requests.values()
        oldest = next(iter(requests)).noticed
        return min(oldest + patience, min(each.again for each in requests))

    def add(self, numbers: range, now: float) -> bool:
        """Note that ``numbers`` did not come; return whether they are few enough to ask for."""
        if len(self._requests) + len(numbers) > MAX_MISSING:
            return False
        self._requests.update((number, _Request(now, now)) for number in numbers)
        return True

    def arrived(self, number: int) -> None:
        """Note that one came."""
        self._requests.pop(number, None)

    def drop_before(self, number: int) -> None:
        """Forget those that nobody needs any more."""
        self._forget([each for each in self._requests if each < number])

    def due(self, now: float) -> list[int]:
        """Return the 16-bit sequence numbers to ask for now, in order."""
        due = [
            (number, request) for number, request in self._requests.items() if request.again <= now
        ]
        for _, request in due:
            request.again = now + ASK_INTERVAL
        return [number % 0x10000 for number, _ in sorted(due, key=lambda item: item[0])]

    def _forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            del self._requests[number]
