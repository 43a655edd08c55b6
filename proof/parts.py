"""The registered parts, and what a part tells. To add one, see proof/README.md."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

PARTS: dict[str, str] = {
    "hearing": "whether noises become words, or words are lost, in recognition",
    "offer_cost": "what the most expensive requests of a stranger cost the event loop",
    "packet_cost": "what the most expensive packets of a client cost the event loop",
    "aborts": "what a thousand calls that are cut off at ten stages leave at the server",
    "soak": "whether ten sessions grow within an hour, and how they end with the server",
    "abuse": "neighbours of bad handlers, other work, slow requests, full disks, jumping clocks",
    "networks": "words, pictures and sessions of a page in Chromium behind a bad network",
    "hosts": "each Python that is here, with the oldest and the newest packages",
    "outage": "how soon received video goes on after 3, 8 and 15 seconds without network",
    "sound": "a long call in Chromium: delay, what it makes up, seams, and the first reply",
    "sessions": "how many sessions one core serves, and what each costs from 1 to 50",
    "bench_table": "the benchmark's rows beside fastrtc and a bare aiortc echo, in one run",
}
"""Each is a module or package ``proof.NAME`` with ``run(seconds: float) -> list[Finding]``."""

SECONDS = 180.0
"""How long a part searches unless told: long enough that the cost searches stop finding more.
A part with another length says so by a constant ``SECONDS`` of its own."""

Point = tuple[float | str, float]
"""Where on the horizontal axis, a number or a name, and how much."""


@dataclass(frozen=True)
class Chart:
    """What of a finding is to be drawn on the page of results (``make performance``).

    Points at numbers become lines, points at names groups of bars.

    Attributes:
        title: of the picture; also its alternative text, with the axes' labels.
        x: label of the horizontal axis, with the unit.
        y: label of the vertical axis, with the unit.
        lines: points by the name that stands in the legend.
        bound: a value of the vertical axis that is asked, drawn as a dashed line.
    """

    title: str
    x: str
    y: str
    lines: Mapping[str, Sequence[Point]] = field(default_factory=dict)
    bound: float | None = None


@dataclass(frozen=True)
class Finding:
    """One row of the table.

    Attributes:
        what: what is claimed: what was measured or held.
        value: what came, with its unit.
        bound: what is asked, with its unit; empty for what is told only.
        held: whether the bound held.
        chart: what is drawn of it, if anything.
    """

    what: str
    value: str
    bound: str = ""
    held: bool = True
    chart: Chart | None = None

    @property
    def verdict(self) -> str:
        """The bound's fate in a word; empty for what is told only."""
        return ("ok" if self.bound else "") if self.held else "**failed**"


def run(name: str, seconds: float | None) -> list[Finding]:
    """Import a part, so that what one needs is no condition of the others, and run it.

    Args:
        name: of the part.
        seconds: how long it may search; its own length when it is ``None``.
    """
    module = importlib.import_module(f"proof.{name}")
    if seconds is None:
        seconds = getattr(module, "SECONDS", SECONDS)
    found: list[Finding] = module.run(seconds)
    return found


def table(rows: Sequence[tuple[str, Finding]], seconds: Mapping[str, float] | None = None) -> str:
    """Return the findings of all parts as a Markdown table.

    Args:
        rows: findings, each with the name of its part.
        seconds: how long the parts took, told in each one's first row.
    """
    took = dict(seconds or {})
    lines = [
        "| part | what is claimed | figure | asked | | seconds |",
        "| --- | --- | --- | --- | --- | ---: |",
    ]
    for part, finding in rows:
        cells = [part, finding.what, finding.value, finding.bound, finding.verdict]
        lasted = took.pop(part, None)
        cells.append("" if lasted is None else f"{lasted:.0f}")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)
