"""The file of results: what each part found, when, and on what machine."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from proof.parts import Chart, Finding

RESULTS = Path(__file__).resolve().parents[2] / ".proof" / "results.json"
"""Where a run leaves what it found; ignored by git."""


@dataclass(frozen=True)
class PartResult:
    """What one run of a part found.

    Attributes:
        name: the part's.
        about: what it looks for.
        date: when it ended, ISO 8601 in UTC.
        machine: what it ran on, by name of each thing.
        seconds: how long it took.
        findings: its rows.
    """

    name: str
    about: str
    date: str
    machine: dict[str, str]
    seconds: float
    findings: tuple[Finding, ...]

    @property
    def held(self) -> bool:
        """Whether every bound held."""
        return all(finding.held for finding in self.findings)


def result(name: str, about: str, seconds: float, findings: Iterable[Finding]) -> PartResult:
    """Return what a part found here and now."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return PartResult(name, about, now, machine(), seconds, tuple(findings))


def machine() -> dict[str, str]:
    """Return what measures depend on, without names of the machine or of people."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        **{name: version(name) for name in ("gradio_webrtc", "gradio", "aiortc", "av", "numpy")},
    }


def read(path: Path) -> dict[str, PartResult]:
    """Return the results in a file by part; none when there is no file.

    Raises:
        ValueError: the file is no file of results.
    """
    if not path.exists():
        return {}
    try:
        parts: dict[str, Any] = json.loads(path.read_text("utf-8"))["parts"]
        return {name: _part(name, found) for name, found in parts.items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is no file of results: {error!r}") from error


def merge(path: Path, results: Iterable[PartResult]) -> None:
    """Write results into a file; what other parts found before stays in it."""
    kept = {**read(path), **{one.name: one for one in results}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(kept), encoding="utf-8")


def as_text(results: dict[str, PartResult]) -> str:
    """Return results as JSON."""
    parts = {
        name: {key: value for key, value in asdict(one).items() if key != "name"}
        for name, one in results.items()
    }
    return json.dumps({"parts": parts}, indent=1) + "\n"


def _part(name: str, found: dict[str, Any]) -> PartResult:
    findings = tuple(_finding(each) for each in found["findings"])
    return PartResult(**{**found, "name": name, "findings": findings})


def _finding(found: dict[str, Any]) -> Finding:
    chart = found["chart"]
    return Finding(**{**found, "chart": None if chart is None else _chart(chart)})


def _chart(found: dict[str, Any]) -> Chart:
    lines = {name: [(x, y) for x, y in points] for name, points in found["lines"].items()}
    return Chart(**{**found, "lines": lines})
