"""Whether something clicks where a reply ends or is cut off."""

from __future__ import annotations

import asyncio

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc import AsyncStreamHandler
from proof.parts import Finding
from proof.sound.page import EARS, served, visited

RATE = 48_000
PITCH = 440.0
LEVEL = 12_000
SECONDS = 16.0
STEEPER = 2.0
"""How much steeper than the tone itself a seam may be: Opus rounds, and a cut at the crest of this
tone would be 17 times as steep."""

Sound = NDArray[np.int16]


class Replies(AsyncStreamHandler):
    """Plays a tone that ends in the middle of a wave, and one that is cut off, in turn."""

    def __init__(self) -> None:
        super().__init__(input_sample_rate=RATE, output_sample_rate=RATE)
        self.number = 0

    def copy(self) -> Replies:
        """Return one for another session."""
        return Replies()

    async def receive(self, frame: tuple[int, Sound]) -> None:
        """Ignore it."""

    async def emit(self) -> tuple[int, Sound]:
        """Return the next tone, after a pause."""
        await asyncio.sleep(0.9)
        self.number += 1
        # A quarter of a wave more than whole waves, so that it ends at the crest of one.
        waves = 176.25 + self.number % 7
        if self.number % 2:
            asyncio.get_running_loop().call_later(0.311, self.clear_queue)
        times = np.arange(round(waves / PITCH * RATE)) / RATE
        return RATE, (LEVEL * np.sin(2 * np.pi * PITCH * times)).astype(np.int16)[np.newaxis]


def run() -> list[Finding]:
    """Return the steepest place of what a page plays, beside the tone's own."""
    with served(Replies()) as url, visited(url, EARS) as component:
        component.start()
        sound = component.record(SECONDS)
    steep = np.abs(np.diff(sound.samples))
    own = 2 * np.pi * PITCH / sound.rate * LEVEL / 32768
    seams = int(np.count_nonzero(np.diff(_loud(sound.samples, sound.rate).astype(int))))
    times = float(steep.max()) / own
    return [
        Finding(
            f"steepest place at {seams} seams of a tone, in times the tone's own",
            f"{times:.2f}",
            f"{STEEPER:g}",
            held=times <= STEEPER and seams >= SECONDS / 2,
        )
    ]


def _loud(samples: NDArray[np.float64], rate: int) -> NDArray[np.bool_]:
    step = rate // 50
    rows = samples[: samples.size // step * step].reshape(-1, step)
    return np.asarray(np.abs(rows).max(axis=1) > 0.02)
