"""Sound and pictures that can be recognised after a journey over the wire."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame
from numpy.typing import NDArray

RATE = 48_000
FRAME = 960

BITS = 16
BLOCK = 40
DARK, LIGHT = 40, 215


class PacedTrack(MediaStreamTrack):
    """A source that waits for real time before each frame."""

    def __init__(self, interval: float) -> None:
        super().__init__()
        self._interval = interval
        self._start: float | None = None
        self.sent = 0

    async def _due(self) -> int:
        """Wait until the next frame is due and return its number."""
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._start is None:
            self._start = loop.time()
        await asyncio.sleep(max(0.0, self._start + self.sent * self._interval - loop.time()))
        self.sent += 1
        return self.sent - 1


class SineTrack(PacedTrack):
    """A tone, stereo, 48 kHz, in frames of 20 ms.

    Both channels are the same. (A mono frame would be made stereo with 3 dB less on its way.)
    """

    kind = "audio"

    def __init__(self, frequency: float = 440.0, amplitude: float = 8000.0) -> None:
        super().__init__(FRAME / RATE)
        self._frequency = frequency
        self._amplitude = amplitude

    async def recv(self) -> AudioFrame:
        """Return the next 20 ms."""
        number = await self._due()
        samples = tone(self._frequency, self._amplitude, number * FRAME, FRAME)
        frame = AudioFrame.from_ndarray(samples.repeat(2).reshape(1, -1), "s16", "stereo")
        frame.sample_rate = RATE
        frame.pts = number * FRAME
        frame.time_base = Fraction(1, RATE)
        return frame


class VoiceTrack(PacedTrack):
    """A microphone: silent until it is told to say something.

    Attributes:
        said_until: the loop's time at which the last sample of speech was sent, once it was.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__(FRAME / RATE)
        self._queue: NDArray[np.int16] = np.zeros(0, np.int16)
        self.said_until: float | None = None

    def say(self, sound: NDArray[np.int16]) -> None:
        """Send ``sound``, mono int16 of shape ``(samples,)`` at 48 kHz, after what waits."""
        self._queue = np.concatenate([self._queue, sound])
        self.said_until = None

    @property
    def speaking(self) -> bool:
        """Whether something still waits to be sent."""
        return self._queue.size > 0

    async def recv(self) -> AudioFrame:
        """Return the next 20 ms."""
        number = await self._due()
        spoken, self._queue = self._queue[:FRAME], self._queue[FRAME:]
        if spoken.size and not self._queue.size:
            self.said_until = asyncio.get_running_loop().time()
        samples = np.zeros(FRAME, np.int16)
        samples[: spoken.size] = spoken
        frame = AudioFrame.from_ndarray(samples.repeat(2).reshape(1, -1), "s16", "stereo")
        frame.sample_rate = RATE
        frame.pts = number * FRAME
        frame.time_base = Fraction(1, RATE)
        return frame


class NumberedTrack(PacedTrack):
    """Pictures of 320 x 80 that carry their number in light and dark blocks.

    Attributes:
        sent_at: the loop's time at which each number was sent.
    """

    kind = "video"

    def __init__(self, fps: float = 30.0) -> None:
        super().__init__(1 / fps)
        self.sent_at: dict[int, float] = {}

    async def recv(self) -> VideoFrame:
        """Return the next picture."""
        number = await self._due()
        frame = VideoFrame.from_ndarray(numbered(number), "rgb24")
        frame.pts = round(number * self._interval * 90_000)
        frame.time_base = Fraction(1, 90_000)
        self.sent_at[number] = asyncio.get_running_loop().time()
        return frame


def tone(frequency: float, amplitude: float, start: int, count: int) -> NDArray[np.int16]:
    """Return ``count`` samples of a sine from sample ``start`` on, int16, shape ``(1, count)``."""
    at = np.arange(start, start + count) / RATE
    return (amplitude * np.sin(2 * np.pi * frequency * at)).astype(np.int16)[np.newaxis]


def numbered(number: int) -> NDArray[np.uint8]:
    """Return a picture that shows ``number``, uint8 of shape ``(80, 320, 3)``."""
    bits = [(number >> bit) & 1 for bit in range(BITS)]
    blocks = np.array([LIGHT if bit else DARK for bit in bits], np.uint8).reshape(2, BITS // 2)
    gray = blocks.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
    return np.repeat(gray[:, :, np.newaxis], 3, axis=2)


def number_of(picture: NDArray[Any]) -> int:
    """Return the number that ``picture`` shows."""
    height, width = picture.shape[:2]
    gray = picture.astype(np.float64).reshape(height, width, -1).mean(axis=2)
    blocks = gray.reshape(2, BLOCK, BITS // 2, BLOCK).mean(axis=(1, 3)).ravel()
    return sum(1 << bit for bit, light in enumerate(blocks) if light > (DARK + LIGHT) / 2)


def main_frequency(samples: NDArray[Any], rate: int = RATE) -> float:
    """Return the frequency with the most energy, in Hz."""
    spectrum, frequencies = _spectrum(samples, rate)
    return float(frequencies[np.argmax(spectrum)])


def purity(samples: NDArray[Any], frequency: float, rate: int = RATE) -> float:
    """Return the share of the energy that lies within 30 Hz of ``frequency``, 0 to 1."""
    spectrum, frequencies = _spectrum(samples, rate)
    near = np.abs(frequencies - frequency) <= 30
    return float(spectrum[near].sum() / spectrum.sum())


def loudness(samples: NDArray[Any]) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if samples.size else 0.0


def _spectrum(samples: NDArray[Any], rate: int) -> tuple[NDArray[Any], NDArray[Any]]:
    windowed = samples.astype(np.float64) * np.hanning(samples.size)
    return np.abs(np.fft.rfft(windowed)) ** 2, np.fft.rfftfreq(samples.size, 1 / rate)
