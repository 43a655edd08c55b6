"""What the caller of a simulated call says: sentences in pieces of 20 ms, over a room's noise."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

import numpy as np

from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.resampler import resampled
from gradio_webrtc.simulated_calls.playout import FRAME_BYTES, SILENCE

RATE = 8_000
"""In Hz, of a telephone."""


class Sentence:
    """Something that is being said.

    Attributes:
        began: when its first 20 ms were sent, in seconds.
        ended: when its last ones were, so far.
        said: is set when it has been said, or never will be.
    """

    def __init__(self, frames: int, now: float) -> None:
        self.began = self.ended = now
        self.said = asyncio.Event()
        self._left = self._frames = frames
        if not frames:
            self.said.set()

    def sent(self, now: float) -> None:
        """Its next 20 ms were sent."""
        if self._left == self._frames:
            self.began = now
        self._left -= 1
        self.ended = now
        if not self._left:
            self.said.set()


class Voice:
    """Gives one piece of 20 ms after the other.

    Args:
        background: of the room, int16 at ``RATE`` of shape ``(samples,)``, over and over where
            nothing is said; ``None`` for silence.
    """

    def __init__(self, background: Int16Array | None = None) -> None:
        room = [] if background is None else _frames(mu_law.encode(background))
        self._room: Sequence[bytes] = room or [SILENCE * FRAME_BYTES]
        self._number = 0
        self._waiting: deque[tuple[bytes, Sentence]] = deque()

    @property
    def waiting_s(self) -> float:
        """Seconds that are still to be said."""
        return len(self._waiting) / 50

    def say(self, audio: tuple[int, Int16Array], now: float) -> Sentence:
        """Say ``(sample_rate, int16 samples)``, mono, behind what is being said."""
        rate, samples = audio
        resampled_audio = resampled(Pcm(rate, np.atleast_2d(samples)), RATE, 1)
        frames = _frames(mu_law.encode(resampled_audio))
        sentence = Sentence(len(frames), now)
        self._waiting.extend((frame, sentence) for frame in frames)
        return sentence

    def next(self) -> tuple[bytes, Sentence | None]:
        """Return the next 20 ms, mu-law, and the sentence that they are of, if any."""
        self._number += 1
        if self._waiting:
            return self._waiting.popleft()
        return self._room[self._number % len(self._room)], None

    def stop(self) -> None:
        """Say nothing more; who waits for that waits no longer."""
        for _, sentence in self._waiting:
            sentence.said.set()
        self._waiting.clear()


def _frames(encoded: bytes) -> list[bytes]:
    """Return pieces of 20 ms, the last one filled up with silence."""
    return [
        encoded[start : start + FRAME_BYTES].ljust(FRAME_BYTES, SILENCE)
        for start in range(0, len(encoded), FRAME_BYTES)
    ]
