"""How soon sound and pictures go on after an outage, and whether it is the same session."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from proof.networks.page import GOOD, RATE, BadPage, Sound, bad_page
from proof.parts import Finding

OUTAGES = (1.0, 3.0, 8.0, 15.0)
MOST = 1.0
"""Seconds from the network's return to what comes over it."""
PATIENCE = 40.0
RENOMINATED = 4.0
"""Seconds within which Chromium checks a path, and with it shows where it is now: 2.5."""
SILENT = 1.0
"""Seconds after which nothing is on its way any more."""
NOTICED = 15.0
"""Seconds until a page has another connection: Chromium says after 5 to 7 that one is lost, and the
page leaves it 3 to come back."""


def run() -> list[Finding]:
    """Return four rows and the session's fate for each outage, and for changed addresses."""
    findings = [finding for outage in OUTAGES for finding in _after(outage)]
    return [*findings, *_moved(), *_lost_way()]


def tone(seconds: float) -> Sound:
    """Return a tone of 300 Hz."""
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(8_000 * np.sin(2 * np.pi * 300 * at), np.int16)


@contextmanager
def _streaming() -> Iterator[BadPage]:
    """Give a page on a good network, both of whose ways have carried everything for a while."""
    with (
        tempfile.TemporaryDirectory() as folder,
        bad_page(GOOD, tone(1.0), tone(120.0), loop=True, folder=Path(folder)) as page,
    ):
        page.wait(4.0)
        yield page


def _session(page: BadPage, when: str, expected: str, others: str) -> Finding:
    """Return whether the page's session is the one that is expected, or another."""
    count = {"kept": 1, "replaced": 2}[expected]
    held = len(page.meters) == count
    return Finding(f"the session {when}", expected if held else others, expected, held)


def _after(outage: float) -> list[Finding]:
    with _streaming() as page:
        page.cut(True)
        page.wait(outage)
        back = time.time()
        page.cut(False)
        times = _until_all(page, back + PATIENCE, back)
    when = f"after {outage:g} s without network"
    return [*_rows(times, back, when, MOST), _session(page, when, "kept", "another")]


def _moved() -> list[Finding]:
    """A NAT forgets the port of the page, whose packets come from another one from then on."""
    with _streaming() as page:
        changed = time.time()
        page.move()
        times = _until_all(page, changed + PATIENCE, changed + SILENT)
    rows = _rows(times, changed, "from another port of the page's NAT", RENOMINATED)
    return [*rows, _session(page, "of a page on another port", "kept", "another")]


def _lost_way() -> list[Finding]:
    """The way of the media is gone for good and requests get through, as on another network."""
    with _streaming() as page:
        changed = time.time()
        page.lose()
        times = _until_all(page, changed + PATIENCE, changed + SILENT)
    when = "after the page's address is gone"
    return [*_rows(times, changed, when, NOTICED), _session(page, when, "replaced", "kept")]


def _until_all(page: BadPage, deadline: float, back: float) -> dict[str, float | None]:
    while time.time() < deadline and not all(_first(page, back).values()):
        page.wait(0.25)
    return _first(page, back)


def _rows(times: dict[str, float | None], since: float, when: str, most: float) -> list[Finding]:
    return [
        Finding(
            f"{flow} {when}",
            "never" if at is None else f"{at - since:.2f} s",
            f"{most:g} s",
            at is not None and at - since <= most,
        )
        for flow, at in times.items()
    ]


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
