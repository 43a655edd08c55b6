"""Search for the packet of a connected client that costs the event loop the most time and memory.

Hypothesis makes packets that nearly are right and is led (``hypothesis.target``) to those that take
long, and to those that take much memory. What is measured is the CPU time of the thread, the least
of three, and the peak of Python's memory.
"""

from __future__ import annotations

import contextlib
import gc
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, target
from hypothesis import seed as seeded

from proof.packet_readers import READERS, Reader
from proof.parts import Finding

MAX_MB = 8.0
"""As for requests of strangers."""

EXAMPLES = 100
"""Of one round of a search; another round begins with other packets."""


@dataclass(frozen=True)
class Cost:
    """What reading cost: CPU time in ms and peak memory in MB, per packet where there are many."""

    ms: float
    mb: float
    size: int


@dataclass
class Worst:
    """The most expensive of what was tried.

    Attributes:
        tried: how many packets, or flows of them, there were.
        slow: which took longest.
        large: which took most memory.
        raised: what was raised that nobody expects, by its name.
    """

    tried: int = 0
    slow: Cost = Cost(0.0, 0.0, 0)
    large: Cost = Cost(0.0, 0.0, 0)
    raised: str = ""


def run(seconds: float) -> list[Finding]:
    """Search for ``seconds``, the same time in each reader; tell the worst of each."""
    findings = []
    for reader in READERS:
        worst = Worst()
        until = time.monotonic() + seconds / len(READERS)
        number = 0
        while time.monotonic() < until:
            search(reader, worst, EXAMPLES, number)
            number += 1
        findings += _findings(reader, worst)
    return findings


def search(reader: Reader, worst: Worst, examples: int, seed: int) -> None:
    """Try so many packets, and note in ``worst`` what they cost."""

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.target),
        suppress_health_check=list(HealthCheck),
    )
    @given(reader.packets)
    def attempt(packet: Any) -> None:
        cost = measure(reader, packet, worst)
        worst.tried += 1
        worst.slow = max(worst.slow, cost, key=lambda each: each.ms)
        worst.large = max(worst.large, cost, key=lambda each: each.mb)
        target(cost.ms, label="time")
        target(cost.mb, label="memory")

    attempt()


def measure(reader: Reader, packet: Any, worst: Worst) -> Cost:
    """Return what it costs to read ``packet``."""
    count = reader.count(packet)
    with _no_collections():
        ms = _timed(reader, packet, worst)
        if ms > worst.slow.ms * count:  # an interrupt is nobody's record
            ms = min(ms, *(_timed(reader, packet, worst) for _ in range(2)))
        tracemalloc.start()
        try:
            _timed(reader, packet, worst)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    return Cost(ms / count, peak / 1e6, len(packet))


def _timed(reader: Reader, packet: Any, worst: Worst) -> float:
    started = time.thread_time()
    try:
        reader.read(packet)
    except reader.refusals:
        pass
    except Exception as error:  # noqa: BLE001 - which it is, is what is looked for
        worst.raised = f"{type(error).__name__}: {error}"
    return (time.thread_time() - started) * 1e3


@contextlib.contextmanager
def _no_collections() -> Iterator[None]:
    """Leave garbage to its own time: it is that of all packets, and no one's cost."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _findings(reader: Reader, worst: Worst) -> list[Finding]:
    return [
        Finding(f"{reader.name}: tried", str(worst.tried)),
        Finding(
            f"{reader.name}: most time ({worst.slow.size} {reader.unit})",
            f"{worst.slow.ms:.2f} ms",
            f"{reader.max_ms:g} ms",
            worst.slow.ms <= reader.max_ms,
        ),
        Finding(
            f"{reader.name}: most memory ({worst.large.size} {reader.unit})",
            f"{worst.large.mb:.2f} MB",
            f"{MAX_MB:g} MB",
            worst.large.mb <= MAX_MB,
        ),
        Finding(
            f"{reader.name}: raised what nobody expects",
            worst.raised or "nothing",
            "nothing",
            not worst.raised,
        ),
    ]
