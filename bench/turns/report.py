"""The table of a replay."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from bench.turns.replay import Findings

HEADING = (
    "material",
    "turns",
    "found",
    "false starts",
    "cut-offs",
    "clipped",
    "start noticed after, ms",
    "over after, ms",
)


def table(found: Mapping[str, Findings]) -> str:
    """Return a Markdown table, a line for each material; delays are p50 / p95 / max."""
    lines = [list(HEADING)]
    lines += [[name, *_cells(findings)] for name, findings in found.items()]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADING))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| "
        + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    )


def faults(found: Mapping[str, Findings]) -> list[str]:
    """Return what should not have been, a line for each."""
    return [
        f"{name}: {count} {what}"
        for name, findings in found.items()
        for what, count in (
            ("missed", findings.missed),
            ("false starts", findings.false_starts),
            ("cut-offs", findings.cut_offs),
            ("clipped", findings.clipped),
        )
        if count
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile of ``values``, which are not empty."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def _cells(findings: Findings) -> list[str]:
    return [
        str(findings.turns) if findings.turns else f"none in {findings.seconds:.0f} s",
        str(findings.found) if findings.turns else "",
        str(findings.false_starts),
        str(findings.cut_offs),
        str(findings.clipped),
        _delays(findings.start_delays),
        _delays(findings.end_delays),
    ]


def _delays(seconds: Sequence[float]) -> str:
    if not seconds:
        return ""
    values = (statistics.median(seconds), percentile(seconds, 0.95), max(seconds))
    return " / ".join(f"{1000 * value:.0f}" for value in values)
