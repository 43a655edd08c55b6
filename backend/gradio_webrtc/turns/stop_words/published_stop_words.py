"""The inner steps of a published ``ReplyOnStopWords``, for subclasses that replace some of them.

A subclass that brings its own ``stop_word_detected``, ``determine_pause`` or ``process_audio``
hears stop words as published: chunks of speech are transcribed, and searched for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from gradio_webrtc.media.audio.pcm import AudioArray, Pcm
from gradio_webrtc.media.audio.resampler import resampled
from gradio_webrtc.speech.keywords.spotter import spoken_words
from gradio_webrtc.speech.recognition.chunks import stt_for_chunks
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import get_stt_model
from gradio_webrtc.speech.silero_library import SAMPLE_RATE
from gradio_webrtc.turns.app_state import AppState, ReplyOnStopWordsState
from gradio_webrtc.turns.detection.silero import get_silero_model
from gradio_webrtc.turns.reply_on_pause import ReplyOnPause

SEARCHED_S = 2.0
"""How much of what was said last is searched for a stop word."""


class PublishedStopWords(ReplyOnPause):
    """A part of ``ReplyOnStopWords``."""

    stop_words: Sequence[str]
    _steps = (*ReplyOnPause._steps, "stop_word_detected")

    @cached_property
    def stt_model(self) -> STTModel:
        """What transcribes for these steps; loaded when first asked for."""
        return get_stt_model()

    def _new_state(self) -> AppState:
        return ReplyOnStopWordsState()

    def stop_word_detected(self, text: str) -> bool:
        """Return whether ``text`` has one of the stop words, whatever its case and punctuation."""
        said = f" {' '.join(spoken_words(text))} "
        return any(f" {' '.join(spoken_words(word))} " in said for word in self.stop_words)

    def send_stopword(self) -> None:
        """Tell the client that a stop word was heard. Any thread."""
        self._link.client.stopword("")

    def determine_pause(self, audio: AudioArray, sampling_rate: int, state: AppState) -> bool:
        """Wait for a stop word in what is said, and then for a pause as ``ReplyOnPause`` does.

        Args:
            audio: what was not decided about, int16 of shape ``(samples,)``.
            sampling_rate: in Hz.
            state: of the turn.
        """
        if not isinstance(state, ReplyOnStopWordsState) or state.stop_word_detected:
            return super().determine_pause(audio, sampling_rate, state)
        if audio.shape[-1] < self.algo_options.audio_chunk_duration * sampling_rate:
            return False
        state.buffer = None
        held = [] if state.post_stop_word_buffer is None else [state.post_stop_word_buffer]
        pcm = Pcm(sampling_rate, np.atleast_2d(audio))
        recent = np.concatenate([*held, resampled(pcm, SAMPLE_RATE, 1)[0]])
        state.post_stop_word_buffer = recent = recent[-round(SEARCHED_S * SAMPLE_RATE) :]
        _, chunks = get_silero_model().vad((SAMPLE_RATE, recent), self.model_options)
        text = stt_for_chunks(self.stt_model, (SAMPLE_RATE, recent), chunks) if chunks else ""
        state.stop_word_detected = self.stop_word_detected(text)
        if state.stop_word_detected:
            self.send_stopword()
        return False
