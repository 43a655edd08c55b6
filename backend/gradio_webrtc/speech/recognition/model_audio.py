"""Sound as models for speech want it."""

from __future__ import annotations

from typing import Any

from gradio_webrtc.media.audio.pcm import Int16Array, parse_chunk, remix, to_int16
from gradio_webrtc.media.audio.resampler import resampled


def mono_at(sample_rate: int, audio: Any) -> Int16Array:
    """Return ``audio`` as int16 of shape ``(samples,)`` at ``sample_rate`` Hz.

    Raises:
        MediaFormatError: ``audio`` is no ``(sample_rate, array)``; see ``parse_chunk``.
    """
    pcm = parse_chunk(audio)
    if pcm.sample_rate == sample_rate:
        mono: Int16Array = to_int16(remix(pcm.samples, 1))[0]
        return mono
    converted: Int16Array = resampled(pcm, sample_rate, 1)[0]
    return converted
