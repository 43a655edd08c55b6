"""Audio as models for speech want it."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array, parse_chunk, remix, to_int16
from gradio_webrtc.media.audio.resampler import resampled


def mono_at(sample_rate: int, audio: Any) -> Int16Array:
    """Return ``audio`` as int16 of shape ``(samples,)`` at ``sample_rate`` Hz.

    NumPy's own integers, int64, are taken for samples of 16 bits where all of them could be.

    Raises:
        MediaFormatError: ``audio`` is no ``(sample_rate, array)``; see ``parse_chunk``.
    """
    pcm = parse_chunk(_narrow(audio))
    if pcm.sample_rate == sample_rate:
        mono: Int16Array = to_int16(remix(pcm.samples, 1))[0]
        return mono
    converted: Int16Array = resampled(pcm, sample_rate, 1)[0]
    return converted


def cut_where_quiet(samples: Int16Array, longest: int, within: int, slot: int) -> list[Int16Array]:
    """Return ``samples``, shape ``(n,)``, in pieces of at most ``longest``, as views.

    Each but the last ends where it is quietest for ``slot`` samples within its last ``within``,
    which both are divided into.
    """
    pieces = []
    while samples.size > longest:
        late = samples[longest - within : longest].reshape(-1, slot).astype(np.float32)
        at = longest - within + int(np.argmin((late**2).sum(axis=1))) * slot + slot // 2
        pieces.append(samples[:at])
        samples = samples[at:]
    return [*pieces, samples]


def _narrow(audio: Any) -> Any:
    """Return ``audio`` with int64 samples as int16, and anything else as it is."""
    if not isinstance(audio, tuple) or len(audio) < 2 or not isinstance(audio[1], np.ndarray):
        return audio
    samples, limits = audio[1], np.iinfo(np.int16)
    if samples.dtype != np.int64 or not samples.size:
        return audio
    if samples.min() < limits.min or samples.max() > limits.max:
        return audio
    return audio[0], samples.astype(np.int16), *audio[2:]
