"""The table and the JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

from bench.results import Reading, Samples
from bench.rows import ROW_BY_ID, Row

HERE = "here"
MAX_FAILURE = 60

Readings = Mapping[str, Mapping[str, Reading]]
"""By row id, then by peer."""


def cell(row: Row, found: Reading | None) -> str:
    """Return one reading as a table cell."""
    if found is None:
        return ""
    if found.samples is None:
        return f"failed: {found.failure[:MAX_FAILURE]}"
    return _numbers(row, found.samples) + _losses(found)


def _numbers(row: Row, samples: Samples) -> str:
    if len(samples.values) == 1:
        return f"{samples.p50:.{0 if row.unit == 'ms' else 1}f} {row.unit}"
    values = f"{samples.p50:.0f} / {samples.p95:.0f} / {samples.max:.0f}"
    return f"{values} {row.unit} (n={len(samples.values)})"


def _losses(found: Reading) -> str:
    counted = ((name, found.notes.get(name, 0)) for name in ("lost", "failed"))
    return "".join(f", {count:.0f} {name}" for name, count in counted if count)


def table(readings: Readings, peers: Sequence[str]) -> str:
    """Return a Markdown table, one line a measured row."""
    lines = [["p50 / p95 / max", *peers, "budget", ""]]
    for row_id, by_peer in readings.items():
        row = ROW_BY_ID[row_id]
        cells = [cell(row, by_peer.get(peer)) for peer in peers]
        budget = "" if row.budget is None else f"{row.budget:g} {row.unit}"
        lines.append([row.title, *cells, budget, _verdict(row, by_peer.get(HERE))])
    return markdown(lines)


def markdown(lines: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table of cells, the heading first, columns padded to be read as text."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    ruled = [lines[0], ["-" * width for width in widths], *lines[1:]]
    return "\n".join(
        "| "
        + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        + " |"
        for line in ruled
    )


def failures(readings: Readings) -> list[str]:
    """Return every failure in full, one line each."""
    return [
        f"{row} {peer}: {found.failure}"
        for row, by_peer in readings.items()
        for peer, found in by_peer.items()
        if found.samples is None
    ]


def over_budget(readings: Readings) -> list[str]:
    """Return the ids of the rows in which this package failed or is over its budget."""
    return [
        row_id
        for row_id, by_peer in readings.items()
        if HERE in by_peer and _verdict(ROW_BY_ID[row_id], by_peer[HERE]) in ("over", "failed")
    ]


def as_json(readings: Readings, arguments: Iterable[str]) -> dict[str, Any]:
    """Return everything measured, and where, as JSON types."""
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "arguments": list(arguments),
        "machine": {
            "system": platform.platform(),
            "processor": platform.processor() or platform.machine(),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "aiortc": version("aiortc"),
            "av": version("av"),
        },
        "rows": {
            row_id: {
                "title": ROW_BY_ID[row_id].title,
                "unit": ROW_BY_ID[row_id].unit,
                "budget": ROW_BY_ID[row_id].budget,
                "peers": {peer: found.as_json() for peer, found in by_peer.items()},
            }
            for row_id, by_peer in readings.items()
        },
    }


def _verdict(row: Row, found: Reading | None) -> str:
    if found is None:
        return ""
    if found.samples is None:
        return "failed"
    return row.verdict(found.samples.p50, found.notes.get("lost", 0))
