"""The table of a replay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.report import markdown
from bench.results import Samples
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
    return markdown([HEADING, *([name, *_cells(one)] for name, one in found.items())])


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
    delays = Samples(tuple(1000 * value for value in seconds))
    return f"{delays.p50:.0f} / {delays.p95:.0f} / {delays.max:.0f}"
