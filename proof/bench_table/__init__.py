"""The benchmark's table: this package beside ``fastrtc`` and a bare aiortc echo, in one run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.rows import ROW_BY_ID
from proof.parts import Chart, Finding

ROOT = Path(__file__).resolve().parents[2]
HERE = "here"
CHARTS = (
    ("Delays beside others", "ms", ("connect", "first-audio", "audio-1", "turn")),
    ("CPU of one session beside others", "% of a core", ("audio-1-cpu", "reply-idle", "idle")),
)
"""Title, unit and rows of what is drawn: rows in which others are measured as well."""


def run(seconds: float) -> list[Finding]:
    """Run the benchmark in a process of its own; it has its own length.

    Raises:
        RuntimeError: it left no results.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.json"
        words = (sys.executable, "-m", "bench", "--quick", "--json", str(path))
        # It says by its status whether a budget was missed; each row says so too.
        done = subprocess.run(words, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        if not path.exists():
            raise RuntimeError(f"the benchmark ended with status {done.returncode} and no results")
        return findings(json.loads(path.read_text("utf-8"))["rows"])


def findings(rows: Mapping[str, Any]) -> list[Finding]:
    """Return what the rows of the benchmark's JSON say, and some of them drawn beside others."""
    found = [_row(name, row) for name, row in rows.items()]
    for title, unit, names in CHARTS:
        chart = Chart(title, "row of the benchmark", unit, _bars(rows, names))
        if chart.lines:
            found.append(Finding(f"{title} ({unit})", _peers(chart), chart=chart))
    return found


def _row(name: str, row: Mapping[str, Any]) -> Finding:
    peers, unit, budget = row["peers"], row["unit"], row["budget"]
    own = peers.get(HERE, {"failure": "not measured"})
    # Others may fail without a fault of this package, which has no excuse.
    held = "p50" in own
    if held and name in ROW_BY_ID:
        lost = own["notes"].get("lost", 0)
        held = ROW_BY_ID[name].verdict(own["p50"], lost) != "over"
    values = [f"{_figure(own, unit)}"]
    values += [f"{peer} {_figure(one, unit)}" for peer, one in peers.items() if peer != HERE]
    return Finding(
        row["title"] if not row["title"].startswith("the same") else f"{row['title']} ({name})",
        ", ".join(values),
        "" if budget is None else f"{budget:g} {unit}",
        held,
    )


def _figure(one: Mapping[str, Any], unit: str) -> str:
    if "p50" not in one:
        return f"failed: {one['failure']}"
    lost = one["notes"].get("lost", 0)
    value = f"{one['p50']:.{0 if unit == 'ms' else 1}f} {unit}"
    return f"{value}, {lost:.0f} lost" if lost else value


def _bars(
    rows: Mapping[str, Any], names: tuple[str, ...]
) -> dict[str, list[tuple[float | str, float]]]:
    lines: dict[str, list[tuple[float | str, float]]] = {}
    for name in names:
        for peer, one in sorted(rows.get(name, {"peers": {}})["peers"].items(), key=_here_first):
            if "p50" in one:
                lines.setdefault(peer, []).append((name, one["p50"]))
    return lines


def _here_first(item: tuple[str, Mapping[str, Any]]) -> tuple[bool, str]:
    return item[0] != HERE, item[0]


def _peers(chart: Chart) -> str:
    return "; ".join(
        f"{peer}: " + ", ".join(f"{name} {value:.1f}" for name, value in points)
        for peer, points in chart.lines.items()
    )
