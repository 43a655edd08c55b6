"""Spoken test material, made offline by espeak-ng."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import espeakng_loader  # type: ignore[import-untyped] # it has no types
import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.media.pcm import Pcm
from gradio_webrtc.media.resample import StreamResampler

Int16 = NDArray[np.int16]

_SYNCHRONOUS = 2
_RATE_PARAMETER = 1
_UTF8 = 1
_lock = threading.Lock()


@lru_cache(maxsize=256)
def say(text: str, voice: str = "en", rate_hz: int = 48_000, words_per_minute: int = 160) -> Int16:
    """Return ``text`` spoken: mono int16 of shape ``(samples,)``, without silence around it.

    The array is shared and read-only: copy it before you change it.

    Args:
        text: what to say.
        voice: a language, optionally with a variant: ``"en"``, ``"en-us+f3"``, ``"de+m4"``.
        rate_hz: sample rate of the answer.
        words_per_minute: 80 to 450.
    """
    rate, spoken = _synthesize(text, voice, words_per_minute)
    resampler = StreamResampler(rate_hz, 1)
    sound = np.concatenate(
        [resampler.push(Pcm(rate, spoken[np.newaxis])), resampler.flush()], axis=1
    )[0]
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 200)
    trimmed: Int16 = sound[loud[0] : loud[-1] + 1] if len(loud) else sound[:0]
    trimmed.flags.writeable = False
    return trimmed


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


def _synthesize(text: str, voice: str, words_per_minute: int) -> tuple[int, Int16]:
    with _lock:
        library, rate, spoken = _espeak()
        spoken.clear()
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(f"espeak-ng has no voice {voice!r}")
        library.espeak_SetParameter(_RATE_PARAMETER, words_per_minute, 0)
        encoded = text.encode()
        library.espeak_Synth(encoded, len(encoded) + 1, 0, 0, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        return rate, np.concatenate([np.zeros(0, np.int16), *spoken])


@lru_cache(maxsize=1)
def _espeak() -> tuple[Any, int, list[Int16]]:
    library: Any = ctypes.CDLL(espeakng_loader.get_library_path())
    data = espeakng_loader.get_data_path().encode()
    rate = library.espeak_Initialize(_SYNCHRONOUS, 200, data, 0)
    spoken: list[Int16] = []

    def take(samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            spoken.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0

    kind = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
    )
    library.keep = kind(take)
    library.espeak_SetSynthCallback(library.keep)
    return library, rate, spoken
