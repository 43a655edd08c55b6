"""How many sessions one core serves, what each costs and how soon it is answered, up to fifty."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from proof.parts import Chart, Finding

ROOT = Path(__file__).resolve().parents[1]
ASKED = {"idle-voice": 30}
"""Sessions at least on one core, of those kinds for which something is claimed."""
CHARTS = (
    ("cpu", "CPU of each session, by how many there are", "% of a core"),
    ("memory", "Memory of each session, by how many there are", "MB"),
    ("reply", "Last word to reply, by how many listen", "ms"),
)


def run(seconds: float) -> list[Finding]:
    """Run the benchmark of sessions in a process of its own; it has its own length."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sessions.json"
        words = (sys.executable, "-m", "bench", "sessions", "--json", str(path))
        subprocess.run(words, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        return findings(json.loads(path.read_text("utf-8")))


def findings(kinds: Mapping[str, Any]) -> list[Finding]:
    """Return what the benchmark's JSON says: sessions and costs by kind, and the costs drawn."""
    found = [_served(name, kind) for name, kind in kinds.items()]
    for field, title, unit in CHARTS:
        lines = {name: _points(kind["steps"], field) for name, kind in kinds.items()}
        chart = Chart(title, "sessions on one core", unit, {n: p for n, p in lines.items() if p})
        if chart.lines:
            found.append(Finding(f"{title} ({unit})", _ends(chart), chart=chart))
    return found


def _served(name: str, kind: Mapping[str, Any]) -> Finding:
    count, asked = kind["served"], ASKED.get(name)
    return Finding(
        f"sessions of {name} on one core, served as one is",
        f"{count}" if count < kind["steps"][-1]["sessions"] else f"{count} or more",
        "" if asked is None else f"{asked}",
        held=asked is None or count >= asked,
    )


def _points(steps: list[dict[str, Any]], field: str) -> list[tuple[float | str, float]]:
    return [(step["sessions"], step[field]) for step in steps if step[field] is not None]


def _ends(chart: Chart) -> str:
    return ", ".join(
        f"{name} {points[0][1]:.1f} at {points[0][0]}, {points[-1][1]:.1f} at {points[-1][0]}"
        for name, points in chart.lines.items()
    )
