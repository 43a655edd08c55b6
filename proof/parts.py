"""The registered parts, and what a part tells. To add one, see proof/README.md."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

PARTS: dict[str, str] = {
    "hearing": "whether noises become words, or words are lost, in recognition",
    "offer_cost": "what the most expensive requests of a stranger cost the event loop",
    "networks": "words, pictures and sessions of a page in Chromium behind a bad network",
    "outage": "how soon received video goes on after 3, 8 and 15 seconds without network",
}
"""Each is a module or package ``proof.NAME`` with ``run(seconds: float) -> list[Finding]``."""


@dataclass(frozen=True)
class Finding:
    """One row of the table.

    Attributes:
        what: what was measured or held.
        value: what came, with its unit.
        bound: what is asked, with its unit; empty for what is told only.
        held: whether the bound held.
    """

    what: str
    value: str
    bound: str = ""
    held: bool = True


DecodingRun = Callable[[float], list[Finding]]


def load(name: str) -> DecodingRun:
    """Import a part, so that what one needs is no condition of the others."""
    run: DecodingRun = importlib.import_module(f"proof.{name}").run
    return run


def table(rows: list[tuple[str, Finding]]) -> str:
    """Return the findings of all parts as a Markdown table."""
    lines = ["| part | what | value | bound | |", "| --- | --- | --- | --- | --- |"]
    for part, finding in rows:
        verdict = "ok" if finding.held else "**broken**"
        lines.append(f"| {part} | {finding.what} | {finding.value} | {finding.bound} | {verdict} |")
    return "\n".join(lines)
