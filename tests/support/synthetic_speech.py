"""Spoken test material, made offline by espeak-ng."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.speech.synthesis.espeak import EspeakTTSOptions
from gradio_webrtc.testing.repeatable_voice import repeatably_spoken
from gradio_webrtc.testing.speech import without_edges

Int16 = NDArray[np.int16]


@lru_cache(maxsize=256)
def say(text: str, voice: str = "en", rate_hz: int = 48_000, speed: float = 0.9) -> Int16:
    """Return ``text`` spoken: mono int16 of shape ``(samples,)``, without silence around it.

    It sounds the same whatever was said before. The array is shared and read-only: copy it before
    you change it.

    Args:
        text: what to say.
        voice: a language, optionally with a variant: ``"en"``, ``"en-us+f3"``, ``"de+m4"``.
        rate_hz: sample rate of the answer.
        speed: 1 is 175 words a minute.
    """
    rate, spoken = repeatably_spoken(text, EspeakTTSOptions(voice=voice, speed=speed))
    return without_edges(Pcm(rate, spoken[np.newaxis]), rate_hz)


def silence(seconds: float, rate_hz: int = 48_000) -> Int16:
    """Return digital silence."""
    return np.zeros(round(seconds * rate_hz), np.int16)


def joined(*parts: Int16) -> Int16:
    """Return one sound after the other."""
    return np.concatenate(parts)


def chunks(sound: Int16, rate_hz: int = 48_000, seconds: float = 0.02) -> Sequence[Int16]:
    """Cut a sound of shape ``(samples,)`` into what a handler receives, shape ``(1, n)`` each."""
    size = round(seconds * rate_hz)
    return [sound[np.newaxis, at : at + size] for at in range(0, len(sound), size)]
