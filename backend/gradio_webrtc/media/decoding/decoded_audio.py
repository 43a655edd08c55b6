"""Decoded audio as NumPy arrays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array
from gradio_webrtc.media.audio.scale import what_is_wrong

CHUNK_S = 0.1
"""Decoded frames are joined until they last this long: fewer hops between threads, little delay."""


@dataclass(frozen=True)
class DecodedAudio:
    """Decoded audio.

    Attributes:
        rate: samples a second.
        samples: int16, or float32 about [-1, 1]; shape ``(channels, n)``, one or two channels.
    """

    rate: int
    samples: Int16Array | Float32Array

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1]) / self.rate


def to_sound(frame: av.AudioFrame) -> DecodedAudio:
    """Return a decoded frame's samples; more than two channels are mixed down to stereo."""
    channels = frame.layout.nb_channels
    if channels > 2 or frame.format.name not in ("s16", "s16p", "flt", "fltp"):
        layout = "mono" if channels == 1 else "stereo"
        frame.pts = None
        # Without a change of rate it neither delays nor keeps anything.
        converted = av.AudioResampler("fltp", layout, frame.sample_rate).resample(frame)
        parts = [part.to_ndarray() for part in converted]
        samples = np.concatenate(parts, axis=1) if parts else np.zeros((1, 0), np.float32)
    else:
        samples = frame.to_ndarray()
        if not frame.format.is_planar:
            samples = samples.reshape(-1, channels).T
    if samples.dtype.kind == "f":
        clipped = np.clip(np.nan_to_num(samples, copy=False), -1.0, 1.0)
        return DecodedAudio(frame.sample_rate, clipped.astype(np.float32, copy=False))
    return DecodedAudio(frame.sample_rate, samples.astype(np.int16, copy=False))


def float_samples(samples: npt.NDArray[Any], name: str) -> Float32Array:
    """Return the float samples of an uncompressed file as float32 in [-1, 1].

    Raises:
        MediaFileError: they are 16-bit numbers that were never divided; ``name`` is the file's.
    """
    finite = np.nan_to_num(samples)
    if (wrong := what_is_wrong(finite)) is not None:
        raise MediaFileError(name, f"it holds {wrong} before you write the file.")
    return np.asarray(np.clip(finite, -1.0, 1.0), np.float32)


def joined(sounds: Iterable[DecodedAudio]) -> list[DecodedAudio]:
    """Join neighbours of the same rate, type and channel count to chunks of ``CHUNK_S`` or more."""
    result: list[DecodedAudio] = []
    group: list[DecodedAudio] = []
    for sound in sounds:
        if group and (not _alike(group[0], sound) or sum(s.duration for s in group) >= CHUNK_S):
            result.append(_concatenated(group))
            group = []
        group.append(sound)
    return [*result, _concatenated(group)] if group else result


def _alike(one: DecodedAudio, other: DecodedAudio) -> bool:
    return (
        one.rate == other.rate
        and one.samples.dtype == other.samples.dtype
        and one.samples.shape[0] == other.samples.shape[0]
    )


def _concatenated(group: list[DecodedAudio]) -> DecodedAudio:
    if len(group) == 1:
        return group[0]
    return DecodedAudio(group[0].rate, np.concatenate([sound.samples for sound in group], axis=1))
