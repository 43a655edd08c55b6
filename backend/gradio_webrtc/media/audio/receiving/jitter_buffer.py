"""Putting received audio packets in order, without delaying those that already are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from gradio_webrtc.media.audio.receiving.sender_clock import SenderClock
from gradio_webrtc.media.rtp_numbers import sequence_distance

RESTART_JUMP = 100
"""Sequence numbers this far apart, 2 s of packets, are a new sequence and not a loss."""


@dataclass(frozen=True)
class Packet:
    """A packet in order. ``timestamp``: where it belongs in the output, in samples; only grows."""

    timestamp: int
    payload: bytes


@dataclass(frozen=True)
class Lost:
    """``count`` packets that began at ``timestamp`` will not come; ``samples`` were in them."""

    timestamp: int
    samples: int
    count: int


@dataclass(frozen=True)
class Gap:
    """The sender was silent (DTX) for ``samples`` from ``timestamp`` on; nothing was lost."""

    timestamp: int
    samples: int


Event: TypeAlias = Packet | Lost | Gap


@dataclass(frozen=True)
class _Waiting:
    arrival: float
    timestamp: int
    payload: bytes


class AudioJitterBuffer:
    """Reorders RTP packets that each carry whole frames. Pure; not thread-safe.

    A packet that is next in order comes out at once: there is no prefetch, and none waits for the
    one after it. Behind a gap, packets wait for the missing one until the first of them has waited
    ``max_wait`` seconds or ``max_later`` of them are there; then it is reported as lost.

    Attributes:
        duplicates: packets that came twice.
        late: packets that came after they had been reported as lost.
        lost: packets reported as lost.
        restarts: how often the sequence jumped and was followed to its new place.
    """

    def __init__(
        self, duration: Callable[[bytes], int], max_wait: float = 0.06, max_later: int = 3
    ) -> None:
        """Buffer payloads whose length in samples ``duration`` tells."""
        self.duplicates = self.late = self.lost = self.restarts = 0
        self._duration = duration
        self._max_wait = max_wait
        self._max_later = max_later
        self._waiting: dict[int, _Waiting] = {}
        self._given_up: deque[int] = deque(maxlen=RESTART_JUMP)
        self._next: int | None = None
        self._clock: SenderClock | None = None

    @property
    def deadline(self) -> float | None:
        """When to call :meth:`poll`, if no packet comes before; ``None``: nothing waits."""
        if not self._waiting:
            return None
        return min(packet.arrival for packet in self._waiting.values()) + self._max_wait

    def add(self, sequence_number: int, timestamp: int, payload: bytes, now: float) -> list[Event]:
        """Take a packet and return what is ready, in order.

        Args:
            sequence_number: 16 bits, wraps.
            timestamp: 32 bits, wraps.
            payload: the encoded audio.
            now: monotonic time in seconds.
        """
        if self._next is None:
            self._next = sequence_number
        elif (
            self._clock is not None
            and not self._waiting
            and sequence_number == self._next % 0x10000
        ):
            # In order and nothing waits, as nearly always: there is nothing to look up.
            return self._in_order(self._clock, timestamp, payload)
        events: list[Event] = []
        ahead = sequence_distance(sequence_number, self._next)
        if abs(ahead) > RESTART_JUMP:
            events += self.restart(sequence_number, timestamp)
            self.restarts += 1
            ahead = 0
        number = self._next + ahead
        if ahead < 0:
            if number in self._given_up:
                self._given_up.remove(number)
                self.late += 1
            else:
                self.duplicates += 1
        elif number in self._waiting:
            self.duplicates += 1
        else:
            self._waiting[number] = _Waiting(now, timestamp, payload)
        return events + self._release() + self.poll(now)

    def restart(self, sequence_number: int, timestamp: int) -> list[Event]:
        """Go on with another packet; none of those before it is missing. Return what waited."""
        events: list[Event] = []
        while self._waiting:
            events += self._skip_gap()
        self._next = sequence_number
        self._given_up.clear()
        if self._clock is not None:
            self._clock.restart(timestamp)
        return events

    def poll(self, now: float) -> list[Event]:
        """Give up on packets that were waited for long enough; return what that sets free."""
        events: list[Event] = []
        while (deadline := self.deadline) is not None and (
            now >= deadline or len(self._waiting) >= self._max_later
        ):
            events += self._skip_gap()
        return events

    def _skip_gap(self) -> list[Event]:
        """Report the packets missing before the first that waits as lost, and go on after them."""
        assert self._next is not None
        first = min(self._waiting)
        count = first - self._next
        self._given_up.extend(range(self._next, first))
        self.lost += count
        self._next = first
        if self._clock is None:
            return self._release()
        start = self._clock.out
        samples = self._clock.missing(self._waiting[first].timestamp, count)
        released = self._release()
        return [Lost(start, samples, count), *released] if samples > 0 else released

    def _release(self) -> list[Event]:
        """Take out every packet that is now in order."""
        events: list[Event] = []
        while self._next is not None and (packet := self._waiting.pop(self._next, None)):
            if self._clock is None:
                self._clock = SenderClock(packet.timestamp)
            events += self._in_order(self._clock, packet.timestamp, packet.payload)
        return events

    def _in_order(self, clock: SenderClock, timestamp: int, payload: bytes) -> list[Event]:
        """Return what the next packet is, and go on behind it."""
        assert self._next is not None
        self._next += 1
        start = clock.out
        gap = clock.missing(timestamp)
        packet = Packet(clock.take(timestamp, self._duration(payload)), payload)
        return [Gap(start, gap), packet] if gap else [packet]
