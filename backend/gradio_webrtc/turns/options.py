"""What authors can tune about turn taking."""

from __future__ import annotations

import math
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.turns.interruption.interruption_words import InterruptionWords

LONGEST_WINDOW_S = 60.0
"""All of the window is kept, and looked at for each 32 ms."""

JudgeInterruption: TypeAlias = (
    Callable[[str], bool | None] | Callable[[str], Awaitable[bool | None]]
)
"""Says of what somebody says into a reply whether it ends the reply; ``None``: not clear."""


@dataclass
class AlgoOptions:
    """When a turn begins and ends.

    The first three describe a window that slides over the audio as it arrives: speech has started
    once the window holds more than ``started_talking_threshold`` seconds of speech, and the turn is
    over at the first moment it holds less than ``speech_threshold``.

    Attributes:
        audio_chunk_duration: length of the window in seconds, 60 at most.
        started_talking_threshold: seconds of speech in the window above which speech has started.
        speech_threshold: seconds of speech in the window below which the turn is over.
        max_continuous_speech_s: a turn that is longer ends without a pause; ten minutes at most.
        silence_ms: end the turn after this many milliseconds without speech, whatever
            ``audio_chunk_duration`` and ``speech_threshold`` say.

    Raises:
        ConfigurationError: values that cannot work.
    """

    audio_chunk_duration: float = 0.6
    started_talking_threshold: float = 0.2
    speech_threshold: float = 0.1
    max_continuous_speech_s: float = math.inf
    silence_ms: float | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        _check_above_0(self, "audio_chunk_duration", "max_continuous_speech_s")
        if self.audio_chunk_duration > LONGEST_WINDOW_S:
            raise ConfigurationError(
                f"audio_chunk_duration must be at most {LONGEST_WINDOW_S:g} seconds, "
                f"not {self.audio_chunk_duration!r}."
            )
        for name in ("started_talking_threshold", "speech_threshold"):
            value = getattr(self, name)
            if not 0 <= value < self.audio_chunk_duration:
                raise ConfigurationError(
                    f"{name} must be from 0 to below audio_chunk_duration, "
                    f"{self.audio_chunk_duration:g} s, not {value!r}."
                )
        if self.silence_ms is not None:
            _check_above_0(self, "silence_ms")


@dataclass
class SileroVadOptions:
    """What the embedded voice detector takes for speech, under the published names.

    Attributes:
        threshold: probability from which a window is speech; speech that has begun goes on down to
            0.15 less.
        min_speech_duration_ms: a run of speech shorter than this is taken for a noise.
        max_speech_duration_s: a turn that is longer ends without a pause, as with
            ``AlgoOptions.max_continuous_speech_s``; the smaller one counts.
        min_silence_duration_ms: without effect: a pause is what ``AlgoOptions`` says.
        window_size_samples: without effect: the model works on 512 samples of 16 kHz, 32 ms.
        speech_pad_ms: how much audio before the first detected speech belongs to an utterance.

    Raises:
        ConfigurationError: values that cannot work.
    """

    threshold: float = 0.5
    min_speech_duration_ms: int = 250
    max_speech_duration_s: float = math.inf
    min_silence_duration_ms: int = 2000
    window_size_samples: int = 1024
    speech_pad_ms: int = 400

    def __post_init__(self) -> None:
        """Check the values."""
        if not 0 < self.threshold < 1:
            raise ConfigurationError(f"threshold must be between 0 and 1, not {self.threshold!r}.")
        _check_above_0(self, "max_speech_duration_s")
        for name in ("min_speech_duration_ms", "speech_pad_ms"):
            if not 0 <= getattr(self, name) <= 10_000:
                raise ConfigurationError(
                    f"{name} must be from 0 to 10000, not {getattr(self, name)!r}."
                )


@dataclass
class InterruptionOptions:
    """What happens when somebody speaks into a reply.

    The reply falls silent at once when speech starts. What the person says next decides whether
    that was an interruption, which ends the reply, or only a noise or an "mm-hm".

    Attributes:
        min_speech_s: seconds of speech from which it is an interruption, where words do not say.
        resume: whether a reply goes on where it stopped when it was none; otherwise every start of
            speech ends the reply.
        words: what the words decide: "stop" ends the reply at once, "yes, right" lets it go on.
            ``"auto"``: the English ones, where a recogniser of this package is accurate enough;
            a language, the path of a JSON file, or ``InterruptionWords``; or a function, sync or
            async, of the text so far that returns ``True`` if it is an interruption, ``False`` if
            not and ``None`` if that is not clear. ``None``: only seconds count.
        stt: the recogniser, or the name of one; ``None``: the best that is accurate enough.

    Raises:
        ConfigurationError: values that cannot work.
    """

    min_speech_s: float = 0.6
    resume: bool = True
    words: InterruptionWords | str | os.PathLike[str] | JudgeInterruption | None = "auto"
    stt: STTModel | str | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if not (math.isfinite(self.min_speech_s) and self.min_speech_s >= 0):
            raise ConfigurationError(
                f"min_speech_s must be 0 or more seconds, not {self.min_speech_s!r}."
            )
        if self.stt is not None and not isinstance(self.stt, str | STTModel):
            raise ConfigurationError(f"stt must have stt(audio), unlike {self.stt!r}.")


def _check_above_0(options: object, *names: str) -> None:
    for name in names:
        value = getattr(options, name)
        if not value > 0:
            raise ConfigurationError(f"{name} must be above 0, not {value!r}.")
