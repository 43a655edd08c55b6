"""How soon sound and pictures go on after an outage, and whether it is the same session."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from proof.networks.page import GOOD, RATE, BadPage, Sound, bad_page
from proof.parts import Finding

OUTAGES = (1.0, 3.0, 8.0, 15.0)
MOST = 1.0
"""Seconds from the network's return to what comes over it."""
PATIENCE = 40.0


def run() -> list[Finding]:
    """Return four rows for each outage, and whether the session was kept."""
    return [finding for outage in OUTAGES for finding in _after(outage)]


def tone(seconds: float) -> Sound:
    """Return a tone of 300 Hz."""
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(8_000 * np.sin(2 * np.pi * 300 * at), np.int16)


def _after(outage: float) -> list[Finding]:
    with (
        tempfile.TemporaryDirectory() as folder,
        bad_page(GOOD, tone(1.0), tone(120.0), loop=True, folder=Path(folder)) as page,
    ):
        page.wait(4.0)
        page.cut(True)
        page.wait(outage)
        back = time.time()
        page.cut(False)
        deadline = back + PATIENCE
        while time.time() < deadline and not all(_first(page, back).values()):
            page.wait(0.25)
        findings = [
            Finding(
                f"{flow} after {outage:g} s without network",
                "never" if at is None else f"{at - back:.2f} s",
                f"{MOST:g} s",
                at is not None and at - back <= MOST,
            )
            for flow, at in _first(page, back).items()
        ]
        kept = len(page.meters) == 1
        what = f"the session after {outage:g} s without network"
        return [*findings, Finding(what, "kept" if kept else "another", "kept", kept)]


def _first(page: BadPage, back: float) -> dict[str, float | None]:
    """Return when each flow came first after ``back``, ``None`` for one that did not come yet."""
    heard = [
        at for meter in page.meters for at, sound in meter.heard if np.abs(sound).max() > 1_000
    ]
    flows = {
        "sound to the server": heard,
        "pictures to the server": [at for meter in page.meters for at in meter.seen],
        "sound to the page": page.loud_at_page(),
        "pictures to the page": page.seen_by_page(),
    }
    return {
        flow: min((at for at in times if at > back), default=None) for flow, times in flows.items()
    }
