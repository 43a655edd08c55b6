"""What a measurement gives: samples or a failure, never a number that was not obtained."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


class BenchError(Exception):
    """A measurement could not be made; the text says why and stands in the table."""


@dataclass(frozen=True)
class Samples:
    """Measured values in the unit of their row, in the order they came. Never empty."""

    values: tuple[float, ...]

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The nearest-rank 95th percentile."""
        ordered = sorted(self.values)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    @property
    def max(self) -> float:
        """The largest value."""
        return max(self.values)


@dataclass(frozen=True)
class Reading:
    """One row's outcome for one server.

    Attributes:
        row: id of the row.
        samples: what was measured, or ``None`` when it failed.
        failure: why there are no samples.
        notes: what helps to judge the samples, by name (the client's own load, losses, ...).
    """

    row: str
    samples: Samples | None
    failure: str = ""
    notes: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the reading as JSON types."""
        if self.samples is None:
            return {"row": self.row, "failure": self.failure, "notes": self.notes}
        samples = self.samples
        return {
            "row": self.row,
            "p50": samples.p50,
            "p95": samples.p95,
            "max": samples.max,
            "samples": list(samples.values),
            "notes": self.notes,
        }


def reading(row: str, values: Iterable[float], **notes: float) -> Reading:
    """Return the reading of ``values``; a failure when there are none."""
    collected = tuple(values)
    if not collected:
        return failed(row, "nothing was measured")
    return Reading(row, Samples(collected), notes=notes)


def failed(row: str, why: str) -> Reading:
    """Return a failed reading."""
    return Reading(row, None, failure=why)
