"""The voice and the ears of a scripted caller: any engines that are installed. For threads."""

from __future__ import annotations

from collections.abc import Hashable
from functools import lru_cache
from typing import cast

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array, Pcm, to_int16
from gradio_webrtc.media.audio.resampler import resampled
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import get_stt_model, get_tts_model
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS
from gradio_webrtc.speech.synthesis.tts import TTSModel
from gradio_webrtc.testing.repeatable_voice import repeatably_spoken

RATE = 48_000
QUIET = 200
"""Loudest sample, of 32768, of what is silence around speech."""
EARS_RATE = 16_000
"""What recognisers work at; what they get is brought to it once."""


def spoken(text: str, voice: TTSModel | None = None) -> tuple[int, Int16Array]:
    """Return ``text`` spoken, ``(sample_rate, int16 (n,))``, without silence around it.

    The built-in voice says the same words always alike. The array is shared: copy it before you
    change it.

    Raises:
        SpeechEngineError: no voice can be loaded.
    """
    return _spoken(text, cast(Hashable, voice or get_tts_model()))


@lru_cache(maxsize=64)
def _spoken(text: str, voice: Hashable) -> tuple[int, Int16Array]:
    rate, sound = (
        repeatably_spoken(text, voice=voice)
        if type(voice) is EspeakTTS  # one derived from it speaks as it likes
        else cast(TTSModel, voice).tts(text)
    )
    return RATE, without_edges(Pcm(rate, np.atleast_2d(to_int16(sound))), RATE)


def without_edges(sound: Pcm, rate_hz: int) -> Int16Array:
    """Return mono ``sound`` at ``rate_hz`` without the silence around it, read-only, ``(n,)``."""
    samples = resampled(sound, rate_hz, 1)[0]
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET)
    trimmed: Int16Array = samples[loud[0] : loud[-1] + 1] if loud.size else samples[:0]
    trimmed.flags.writeable = False
    return trimmed


def recognised(audio: tuple[int, Int16Array], ears: STTModel | None = None) -> str:
    """Return what is said in ``(sample_rate, int16 (n,))``.

    Raises:
        SpeechEngineError: no recogniser can be loaded.
    """
    rate, samples = audio
    brought = resampled(Pcm(rate, samples[np.newaxis]), EARS_RATE, 1)[0]
    # Half a second of silence around it: recognisers expect that speech has edges.
    edge = np.zeros(EARS_RATE // 2, np.int16)
    return (ears or get_stt_model()).stt((EARS_RATE, np.concatenate([edge, brought, edge])))
