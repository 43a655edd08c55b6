"""A source whose flashes and beeps begin together, and judging what a page made of it."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

import numpy as np

from tests.browser.pages import Component
from tests.browser.video_pattern import HEIGHT, WIDTH, Picture

SCRIPT = Path(__file__).with_name("audio_video_sync.js").read_text(encoding="utf-8")
OWN_SOURCE = "window.flashAndBeep = true;\n" + SCRIPT
"""Makes the page itself the source, in place of its camera and microphone."""

RATE = 24_000
PERIOD = 1.0
LENGTH = 0.1
FPS = 30
STRETCH = 7
"""Flashes that are judged together: some of them may have met a stutter of the machine."""

LIGHT = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
DARK = np.zeros_like(LIGHT)


def lit(time: float) -> bool:
    """Whether there is a flash and a beep at ``time``; the first comes after half a period."""
    return (time + PERIOD / 2) % PERIOD < LENGTH - 1e-6 and time >= PERIOD / 2


def chunk(start: float, seconds: float) -> tuple[int, Any]:
    """Return the sound from ``start`` on."""
    times = start + np.arange(round(seconds * RATE)) / RATE
    loud = ((times + PERIOD / 2) % PERIOD < LENGTH) & (times >= PERIOD / 2)
    return RATE, (loud * 12_000 * np.sin(2 * np.pi * 1000 * times)).astype(np.int16)


def picture(time: float) -> Picture:
    """Return the picture at ``time``; a bar walks, so that no two are alike."""
    shown = (LIGHT if lit(time) else DARK).copy()
    left = round(time * 100) % (WIDTH - 8)
    shown[:8, left : left + 8] = 128
    return shown


def in_step(component: Component, limit: float, seconds: float = 90.0) -> list[float]:
    """Wait until flashes are seen when their beeps are heard; return how much later, in seconds.

    A browser brings sound and pictures into step over some seconds, the more the longer its own
    buffers still grow on a busy machine: so this waits for a stretch of ``STRETCH`` flashes whose
    median is within ``limit``, and returns it. What is wrong by a constant never gets there.
    """
    page = component.page
    page.evaluate("(index) => sync.watch(index)", component.index)
    found: list[float] = []

    def arrived() -> bool:
        found[:] = skews(component)[-STRETCH:]
        return len(found) == STRETCH and abs(statistics.median(found)) < limit

    component.visit.until(arrived, lambda: f"sound and pictures in step: {found}", seconds)
    return found


def skews(component: Component) -> list[float]:
    """Return how many seconds later than the nearest beep each flash was, but for the last one."""
    flashes, beeps = component.page.evaluate("[sync.flashes, sync.beeps]")
    return [
        (flash - min(beeps, key=lambda beep: abs(beep - flash))) / 1000
        for flash in flashes[:-1]
        if beeps
    ]
