"""What a bad network does to each packet: lost, late, out of order, twice, or waiting for its turn.

Pure: time is an argument, and the dice are seeded, so that the same packets meet the same fate.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

OVERTAKEN_SECONDS = 0.03
"""How much later a packet comes that others overtake."""


@dataclass(frozen=True)
class Network:
    """One direction of a network.

    Attributes:
        loss: of all packets, the fraction that is lost.
        burst: how many are lost in a row on average; 1 for losses that know nothing of each other
            (with more, the two states of Gilbert's model).
        delay: seconds every packet takes.
        jitter: seconds more that a packet takes at most, evenly spread; order is kept.
        reorder: the fraction that comes ``OVERTAKEN_SECONDS`` later, behind others.
        duplicates: the fraction that comes twice.
        rate: bits a second that go through; ``None`` for any.
        queue: seconds a packet waits for its turn at most; else it is lost.
    """

    loss: float = 0.0
    burst: float = 1.0
    delay: float = 0.0
    jitter: float = 0.0
    reorder: float = 0.0
    duplicates: float = 0.0
    rate: float | None = None
    queue: float = 0.3


class Link:
    """Says for each packet of one direction when it arrives.

    Attributes:
        network: may be exchanged at any time.
        cut: whether nothing gets through (an outage).
        sent, lost: packets so far.
    """

    def __init__(self, network: Network, seed: int) -> None:
        self.network = network
        self.cut = False
        self.sent = self.lost = 0
        self._dice = random.Random(seed)
        self._losing = False
        self._free_at = 0.0
        self._last = 0.0

    def arrivals(self, size: int, now: float) -> list[float]:
        """Return when a packet of ``size`` bytes, sent now, arrives: never, once or twice."""
        self.sent += 1
        network, start = self.network, now
        if network.rate is not None:
            start = max(now, self._free_at)
            if start - now > network.queue:
                return self._never()
            start += size * 8 / network.rate
            self._free_at = start
        if self._loses(network) or self.cut:
            return self._never()
        due = start + network.delay + self._dice.random() * network.jitter
        if self._dice.random() < network.reorder:
            return [due + OVERTAKEN_SECONDS]
        self._last = due = max(due, self._last)
        twice = self._dice.random() < network.duplicates
        return [due, due] if twice else [due]

    def _never(self) -> list[float]:
        self.lost += 1
        return []

    def _loses(self, network: Network) -> bool:
        dice = self._dice.random()
        if network.burst <= 1.0 or network.loss <= 0.0:
            return dice < network.loss
        ends = 1.0 / network.burst
        begins = ends * network.loss / (1.0 - network.loss)
        self._losing = dice >= ends if self._losing else dice < begins
        return self._losing
