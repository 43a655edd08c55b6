"""A turn detector that reads: whether what was said so far ends where a sentence can end."""

from __future__ import annotations

import logging
import os
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition.stt import STTModel, TellsConfidence
from gradio_webrtc.speech.registry import accurate_stt_engine, get_stt_model
from gradio_webrtc.turns.end_of_turn.ending_words import EndingWords, ending_words
from gradio_webrtc.turns.end_of_turn.unfinished import unfinished

logger = logging.getLogger(__name__)

WINDOW_S = 8.0
"""Recognising takes time in proportion to the audio, and an ending shows in the last sentence."""
LEAST_CONFIDENCE = 0.65
"""Of a recogniser that tells how sure it is of its words: below it they mean nothing. Made from
another language than its own, they are a text that ends anywhere: of 144 finished sentences of
German, French and Spanish by espeak-ng 10 ended so that more was promised, and Moonshine was at
most 0.6 sure of these. It is surer than 0.79 of people who speak English in a quiet room."""
_CUT_WITHIN_S = 1.0
_SLOT_S = 0.05


class WordsTurnDetector:
    """A :class:`TurnDetector` that goes by the words. One serves all connections, any thread.

    A sentence that ends in "the", "because", "um" or "I would like to" is not finished. It takes as
    long as the recogniser for a few seconds of speech. Words that the recogniser is not sure of,
    such as English ones that it makes of another language, decide nothing.
    """

    def __init__(
        self,
        stt: STTModel | str | None = None,
        *,
        language: str | os.PathLike[str] | EndingWords = "en",
        window_s: float = WINDOW_S,
    ) -> None:
        """Judge by what ``stt`` recognises. Nothing is loaded yet.

        Args:
            stt: a recogniser, or the name of one for ``get_stt_model``; ``None``: the best that is
                installed and accurate enough, see the guide. pocketsphinx is not.
            language: of the endings: ``"en"``, the path of a JSON file, or the words themselves.
            window_s: how many of the last seconds of an utterance are recognised, 1 to 30.

        Raises:
            ConfigurationError: values that cannot work, or no recogniser is installed that is
                accurate enough.
        """
        if not 1 <= window_s <= 30:
            raise ConfigurationError(f"window_s must be from 1 to 30, not {window_s!r}.")
        if stt is None and (stt := accurate_stt_engine()) is None:
            raise ConfigurationError(
                "Going by words needs a recogniser that understands people, and none is installed: "
                'pip install "gradio_webrtc[stt]". Or give WordsTurnDetector(stt=...) one of yours.'
            )
        if not isinstance(stt, str) and not isinstance(stt, STTModel):
            raise ConfigurationError(f"stt must have stt(audio), unlike {stt!r}.")
        self._words = language if isinstance(language, EndingWords) else ending_words(language)
        self._stt = stt
        self._window_s = window_s
        self._lock = threading.Lock()

    def load(self) -> None:
        """Load the recogniser now instead of at the first pause.

        Raises:
            SpeechEngineError: it cannot be loaded.
        """
        loads = getattr(self._recogniser(), "load", None)
        if callable(loads):
            loads()

    def finished(self, utterance: tuple[int, NDArray[np.int16]]) -> float | None:
        """Return how likely it is, 0 to 1, that the person has finished.

        ``None``: there are no words, or none that the recogniser is sure of.

        Args:
            utterance: what was said since the turn began, ``(sample_rate in Hz, int16 of shape (1,
                samples))``.

        Raises:
            SpeechEngineError: the recogniser cannot be loaded.
            Exception: whatever a recogniser of the author's own raises.
        """
        rate, samples = utterance
        recent = _recent(samples, rate, self._window_s)
        if not recent.size:
            return None
        text = self._text((rate, recent))
        if not text.strip():
            return None
        judged = unfinished(text, self._words, whole=recent.shape[-1] == samples.shape[-1])
        logger.debug("unfinished %.2f: %s", judged.probability, judged.reason)
        return 1.0 - judged.probability

    def _text(self, audio: tuple[int, Int16Array]) -> str:
        """Return what was said; nothing if the recogniser doubts its words."""
        recogniser = self._recogniser()
        if not isinstance(recogniser, TellsConfidence):
            return recogniser.stt(audio)
        found = recogniser.recognised(audio)
        return found.text if found.confidence >= LEAST_CONFIDENCE else ""

    def _recogniser(self) -> STTModel:
        if isinstance(self._stt, str):
            with self._lock:
                if isinstance(self._stt, str):
                    self._stt = get_stt_model(self._stt)
        model: Any = self._stt
        recogniser: STTModel = model
        return recogniser


def _recent(samples: Int16Array, rate: int, seconds: float) -> Int16Array:
    """Return the last ``seconds`` or a little less, from where it is quietest: between words."""
    most, slot = round(seconds * rate), max(1, round(_SLOT_S * rate))
    if samples.shape[-1] <= most:
        return samples
    recent = samples[..., -most:]
    slots = round(_CUT_WITHIN_S / _SLOT_S)
    early = recent[0, : slots * slot].astype(np.float64).reshape(-1, slot)
    return recent[..., int(np.argmin((early**2).sum(axis=1))) * slot + slot // 2 :]
