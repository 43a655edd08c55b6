"""What a recorded file holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 48_000


@dataclass
class Recorded:
    """A decoded recording.

    Attributes:
        duration: as the file's header says it, in seconds; ``None`` when it does not.
        codecs: by kind of track.
        sound: int16-like, shape ``(2, samples)`` at 48 kHz, from the file's start on.
        pictures: time and RGB picture of each frame.
    """

    duration: float | None
    codecs: dict[str, str]
    sound: NDArray[np.float64]
    pictures: list[tuple[float, NDArray[np.uint8]]]

    def level(self, channel: int, window: float = 0.01) -> NDArray[np.float64]:
        """Return the root of the mean square of each ``window`` seconds."""
        size = round(window * RATE)
        samples = self.sound[channel, : self.sound.shape[1] // size * size]
        squares = samples.reshape(-1, size) ** 2
        levels: NDArray[np.float64] = np.sqrt(squares.mean(axis=1))
        return levels

    def sound_edges(self, channel: int, threshold: float = 1000) -> list[float]:
        """Return when it becomes loud or quiet."""
        return edges(self.level(channel) > threshold, np.arange(1_000_000) * 0.01)

    def picture_edges(self, left: float, right: float, threshold: float = 127) -> list[float]:
        """Return when the picture between these shares of its width becomes light or dark."""
        times, light = [], []
        for time, picture in self.pictures:
            width = picture.shape[1]
            part = picture[:, round(left * width) : round(right * width)]
            times.append(time)
            light.append(part.mean() > threshold)
        return edges(np.array(light), np.array(times))


def edges(states: NDArray[Any], times: NDArray[Any]) -> list[float]:
    """Return the times at which ``states`` changes."""
    changes = np.flatnonzero(states[1:] != states[:-1]) + 1
    return [float(times[index]) for index in changes]


def decode(path: Path) -> Recorded:
    """Decode a file to its end, or to where it was cut off."""
    with av.open(str(path)) as container:
        duration = None if container.duration is None else container.duration / av.time_base
        codecs = {stream.type: stream.codec_context.name for stream in container.streams}
        pieces: list[tuple[float, NDArray[Any]]] = []
        pictures: list[tuple[float, NDArray[np.uint8]]] = []
        for frame in container.decode():
            assert frame.time is not None
            if isinstance(frame, av.VideoFrame):
                picture: Any = frame.to_ndarray(format="rgb24")
                pictures.append((frame.time, picture))
            elif isinstance(frame, av.AudioFrame):
                pieces.append((frame.time, _planar(frame)))
    return Recorded(duration, codecs, _joined(pieces), pictures)


def _planar(frame: av.AudioFrame) -> NDArray[Any]:
    samples = frame.to_ndarray().astype(np.float64)
    if not frame.format.is_planar:
        samples = samples.reshape(-1, len(frame.layout.channels)).T
    return samples * 32768 if frame.format.name.startswith("flt") else samples


def _joined(pieces: list[tuple[float, NDArray[Any]]]) -> NDArray[np.float64]:
    """Put each piece at its time, so that a wrong time stamp shows."""
    if not pieces:
        return np.zeros((2, 0))
    end = max(round(time * RATE) + samples.shape[1] for time, samples in pieces)
    sound = np.zeros((2, end))
    for time, samples in pieces:
        at = max(0, round(time * RATE))
        sound[:, at : at + samples.shape[1]] = samples[:, : end - at]
    return sound
