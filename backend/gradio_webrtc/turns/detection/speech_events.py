"""What a segmenter finds in the audio of one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SpeechStarted:
    """Somebody began to speak.

    Attributes:
        time: when the first speech began, in seconds of audio since the segmenter's beginning.
    """

    time: float


@dataclass(frozen=True)
class TurnEnded:
    """Somebody said something and then paused, or has spoken for as long as a turn may last.

    Attributes:
        utterance: all that was said, from before the first speech to the pause: ``int16``, shape
            ``(1, samples)`` or ``(2, samples)``, at the rate of the audio that was pushed.
        speech_s: seconds of it that are speech.
        time: when the last speech ended, in seconds of audio since the segmenter's beginning.
        paused: whether there was a pause; ``False`` when only the longest allowed turn was over.
        start: when the utterance begins, in seconds of audio since the segmenter's beginning.
        silence_s: seconds of audio from the end of the last speech to when it was found that the
            turn has ended.
        final: whether it is certain that they have finished, since they said so by a button.
    """

    utterance: NDArray[np.int16]
    speech_s: float
    time: float
    paused: bool = True
    start: float = 0.0
    silence_s: float = 0.0
    final: bool = False


@dataclass(frozen=True)
class SpeechDropped:
    """What somebody began to say is no turn: a button was held, and nothing said.

    Attributes:
        time: when that was found, in seconds of audio since the beginning.
    """

    time: float


SpeechEvent = SpeechStarted | TurnEnded

Heard = SpeechEvent | SpeechDropped
"""What a conversation is told of."""


@dataclass(frozen=True)
class Pause:
    """Nobody speaks in the middle of a turn: it may go on, or end with this.

    Attributes:
        since: when the last speech ended, in seconds of audio since the segmenter's beginning.
        seconds: how long that is ago.
        uncertain: whether what came last may yet prove to be speech.
        turn: returns the turn as it is if no more follows; at once, not later.
    """

    since: float
    seconds: float
    uncertain: bool
    turn: Callable[[], TurnEnded]
