"""The sentences, spoken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.endings.other_languages import SENTENCES as OTHER_SENTENCES
from bench.endings.other_languages import VOICES as OTHER_VOICES
from bench.endings.sentences import FINISHED, UNFINISHED
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition.model_audio import mono_at
from gradio_webrtc.speech.synthesis.espeak import EspeakTTS, EspeakTTSOptions
from gradio_webrtc.speech.synthesis.tts import TTSModel

RATE = 48_000
PAUSE_S = 0.25
"""Silence behind the last sound when a detector is asked."""
NOISE = 12.0
"""Standard deviation of a quiet room, in 16-bit units."""
ESPEAK_VOICES = ("en-us", "en-us+f3", "en+m3", "en+f2")


@dataclass(frozen=True)
class Clip:
    """What a detector is asked about.

    Attributes:
        text: what is said.
        finished: whether it is over.
        samples: int16 at 48 kHz, shape ``(1, samples)``.
    """

    text: str
    finished: bool
    samples: Int16Array


def clips(
    tts: TTSModel | None = None, takes: int = 1, language: str | None = None
) -> Iterator[Clip]:
    """Yield every sentence ``takes`` times, by the voices of espeak in turn, or by ``tts``.

    A beginning is given to the voice with a comma, so that it keeps its pitch up as somebody does
    who goes on.

    Args:
        tts: the voice; ``None``: those of espeak for the language.
        takes: of each sentence.
        language: of ``OTHER_SENTENCES``, which are all finished; ``None``: English.
    """
    noise = np.random.default_rng(1)
    voices = OTHER_VOICES[language] if language else ESPEAK_VOICES
    english = ((True, FINISHED), (False, UNFINISHED))
    for finished, texts in ((True, OTHER_SENTENCES[language]),) if language else english:
        for index, text in enumerate(texts * takes):
            written = text if finished else f"{text},"
            # One voice further in each take: 28 sentences are a multiple of the voices.
            voice = voices[(index + index // len(texts)) % len(voices)]
            said = spoken(tts, written, voice)
            sound = np.concatenate([said, np.zeros(round(PAUSE_S * RATE), np.int16)])
            room = sound + noise.normal(0.0, NOISE, sound.size)
            yield Clip(text, finished, np.clip(room, -32_768, 32_767).astype(np.int16)[np.newaxis])


def spoken(tts: TTSModel | None, text: str, voice: str) -> Int16Array:
    """Return what is said, without the silence around it."""
    if tts is None:
        sound = mono_at(RATE, EspeakTTS().tts(text, EspeakTTSOptions(voice=voice, speed=0.9)))
    else:
        sound = mono_at(RATE, tts.tts(text))
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 200)
    trimmed: Int16Array = sound[loud[0] : loud[-1] + 1] if loud.size else sound
    return trimmed
