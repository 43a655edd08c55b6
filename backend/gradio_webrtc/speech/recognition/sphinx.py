"""The built-in recognition: pocketsphinx, offline, English."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition.model_audio import cut_where_quiet, mono_at
from gradio_webrtc.speech.recognition.moonshine_files import (
    better_recognition as better_recognition,
)
from gradio_webrtc.speech.recognition.recent_transcripts import RecentTranscripts
from gradio_webrtc.speech.recognition.sphinx_decoder import SAMPLE_RATE, Decoder, new_decoder

_SHORTEST = SAMPLE_RATE // 10
"""Less than a tenth of a second holds no word."""
_LONGEST = 30 * SAMPLE_RATE
"""Longer audio is cut where it is quietest shortly before: a decoder that is at work cannot be
stopped, and those who wait for it would wait for all of it."""
_CUT_IN = 5 * SAMPLE_RATE
_EDGE = SAMPLE_RATE // 4
"""Silence added before and after: the model expects words to begin and to end."""
_NOISE = 10.0
"""RMS of the faint noise added, -70 dB. Digital silence, as browsers' noise suppression leaves it,
is unlike anything that the model was trained on, and more words are mistaken."""


class SphinxSTT:
    """Speech to text by pocketsphinx. One serves all connections, from any thread.

    It loads a second decoder (90 MB) when two people have spoken at once, and so on up to
    ``most_decoders``; with all of them busy, callers wait. Recognising takes about a fifth of the
    time that an utterance lasts, on one core.
    """

    def __init__(self, most_decoders: int = 2) -> None:
        """Recognise up to ``most_decoders`` utterances at once. Nothing is loaded yet.

        Raises:
            ConfigurationError: ``most_decoders`` is below 1.
        """
        if most_decoders < 1:
            raise ConfigurationError(f"most_decoders must be 1 or more, not {most_decoders!r}.")
        self._places = threading.BoundedSemaphore(most_decoders)
        self._idle: list[Decoder] = []
        self._recent: RecentTranscripts[str] = RecentTranscripts()

    def load(self) -> None:
        """Load a decoder now (about a second) instead of with the first utterance.

        Raises:
            MissingExtraError: pocketsphinx is not installed.
            SpeechEngineError: it cannot be loaded.
        """
        with self._places:
            self._idle.append(self._decoder())

    def stt(self, audio: tuple[int, Any]) -> str:
        """Return what is said in ``audio``: English, lower case, without punctuation; maybe ``""``.

        Args:
            audio: ``(sample_rate in Hz, int16 or float32)``, shape ``(samples,)`` or ``(channels,
                samples)``, any rate.

        Raises:
            MediaFormatError: ``audio`` is something else.
            SpeechEngineError: the engine cannot be loaded, or failed.
        """
        samples = mono_at(SAMPLE_RATE, audio)
        if samples.size < _SHORTEST or not samples.any():
            return ""
        return self._recent.text_of(samples, lambda: self._recognised(samples))

    def _recognised(self, samples: Int16Array) -> str:
        said = []
        for piece in cut_where_quiet(samples, _LONGEST, _CUT_IN, SAMPLE_RATE // 10):
            # Others come in between: nobody waits for a long recording to end.
            with self._places:
                decoder = self._decoder()
                said.append(decoder.recognise(_with_noise(piece)))
                # Not given back after an error: what it is in the middle of is not known.
                self._idle.append(decoder)
        return " ".join(text for text in said if text)

    def _decoder(self) -> Decoder:
        # Popping is atomic, asking first whether there is one is not.
        try:
            return self._idle.pop()
        except IndexError:
            return new_decoder()


def _with_noise(samples: Int16Array) -> Int16Array:
    # The same noise each time, so that the same audio gives the same words.
    noise = np.random.default_rng(0).normal(0.0, _NOISE, samples.size + 2 * _EDGE)
    noise[_EDGE : _EDGE + samples.size] += samples
    return np.clip(np.rint(noise), -32_768, 32_767).astype(np.int16)
