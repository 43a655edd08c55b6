"""What an author's ``InterruptionOptions`` come to, as far as words go."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.speech.registry import accurate_stt_engine, ready_stt_engine
from gradio_webrtc.turns.interruption.interruption_words import (
    InterruptionWords,
    interruption_words,
)
from gradio_webrtc.turns.interruption.wants_to_end import wants_to_end
from gradio_webrtc.turns.options import InterruptionOptions, JudgeInterruption


@dataclass(frozen=True)
class Understanding:
    """How words decide about interruptions.

    Attributes:
        stt: recognises them.
        judge: says what they mean.
    """

    stt: STTModel | str
    judge: JudgeInterruption


def understanding_of(options: InterruptionOptions) -> Understanding | None:
    """Return how words decide; ``None``: they do not, only seconds of speech.

    Raises:
        ConfigurationError: words were asked for that cannot be had, or without a recogniser.
    """
    words = options.words
    if words is None or not options.resume or not options.min_speech_s:
        return None
    judge = _judge(words)
    # A web service is not asked unless the author wants it.
    found = ready_stt_engine() if words == "auto" else accurate_stt_engine()
    stt = found if options.stt is None else options.stt
    if stt is not None:
        return Understanding(stt, judge)
    if words == "auto":
        return None
    raise ConfigurationError(
        "Words can decide about interruptions where a recogniser understands people, and none is "
        'installed: pip install "gradio_webrtc[stt]". Or give InterruptionOptions(stt=...) yours.'
    )


def _judge(
    words: InterruptionWords | str | os.PathLike[str] | JudgeInterruption,
) -> JudgeInterruption:
    if isinstance(words, str | os.PathLike):
        words = interruption_words("en" if words == "auto" else words)
    if isinstance(words, InterruptionWords):
        return _by(words)
    if callable(words):
        return words
    raise ConfigurationError(
        f'words must be "auto", a language, InterruptionWords, a function, or None, not {words!r}.'
    )


def _by(words: InterruptionWords) -> JudgeInterruption:
    # Not worth a trip to a thread, which sync code of an author's is given.
    async def judge(text: str) -> bool | None:
        return wants_to_end(text, words)

    return judge
