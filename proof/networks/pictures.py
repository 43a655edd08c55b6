"""How long video stands still while packets get lost."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from proof.networks.page import RATE, bad_page, longest_gap
from proof.parts import Finding
from tests.support.network_model import Network

LOSSES = (0.05, 0.10)
SECONDS = 20.0
MOST = 1.0
"""Seconds for which a picture may stand still."""


def run() -> list[Finding]:
    """Return the longest freeze of each direction at each loss."""
    findings = []
    for loss in (0.0, *LOSSES):
        for who, freeze, rate in _freezes(loss):
            what = f"longest freeze of what {who} sees at {loss:.0%} loss ({rate:.0f} frames/s)"
            findings.append(Finding(what, f"{freeze:.2f} s", f"{MOST:g} s", freeze <= MOST))
    return findings


def _freezes(loss: float) -> list[tuple[str, float, float]]:
    silence = np.zeros(RATE, np.int16)
    with (
        tempfile.TemporaryDirectory() as folder,
        bad_page(Network(delay=0.02), silence, silence, loop=True, folder=Path(folder)) as page,
    ):
        page.wait(3.0)
        worse = Network(loss=loss, delay=0.02, jitter=0.01)
        page.network.up.network = page.network.down.network = worse
        page.wait(1.0)
        start = time.time()
        page.wait(SECONDS)
        end = time.time()
        views = {"the page": page.seen_by_page(), "the server": page.meters[-1].seen}
        return [
            (who, longest_gap(seen, start, end), sum(start < at < end for at in seen) / SECONDS)
            for who, seen in views.items()
        ]
