"""The turns of who holds a button to talk. Pure: audio and presses in, events out."""

from __future__ import annotations

import math
from collections import deque
from enum import Enum, auto

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.speech_events import (
    Heard,
    SpeechDropped,
    SpeechStarted,
    TurnEnded,
)
from gradio_webrtc.turns.turn_machine import CONTINUED_S

TAIL_S = 0.25
"""Audio of a press may arrive this long after its end was told: it comes another way, and waits in
jitter buffers."""
MUTED_S, MUTED_PEAK = 0.06, 16
"""So much digital silence after the end of a press is a microphone that was switched off with it,
and all that was said has come. The peak is int16; a codec makes 1 or 2 of zeros."""
BEFORE_S = 0.3
"""So much audio from before a press, back to the last digital silence, belongs to it: the message
may be late too."""
LEAST_S, LEAST_PEAK = 0.3, 200
"""A press with less sound than this, or quieter (44 dB below full scale), is nothing said."""
OUTAGE_S = 2.0
"""Without audio for this long a press has ended, though nobody said so."""
LONGEST_S = 120.0
"""A button that is held for longer is stuck, or forgotten."""
MAX_PENDING = 16
"""Presses that may wait to be acted on; a client that sends more in one moment is not heard."""


class _State(Enum):
    IDLE = auto()
    HELD = auto()
    RELEASED = auto()
    """The button was let go, and the rest of the audio is still to come."""
    WAITING = auto()
    """It is held, and a turn begins with the next audio."""
    DONE = auto()
    """It is held, and its turn was ended otherwise."""


class PressedTurns:
    """Finds the turns of one person by their button.

    Args:
        rate: of the audio and the utterances, in Hz.
        channels: of both.
        longest_s: the longest turn in seconds.
    """

    def __init__(self, rate: int, channels: int, longest_s: float = math.inf) -> None:
        self._rate = rate
        self._longest = min(longest_s, LONGEST_S)
        self._nothing: Int16Array = np.zeros((channels, 0), np.int16)
        self._state = _State.IDLE
        self._time = 0.0
        self._parts: list[Int16Array] = []
        self._before: deque[Int16Array] = deque()
        self._pending: list[Heard] = []
        self._begin_counting()

    @property
    def talking(self) -> bool:
        """Whether a turn goes on that the button holds."""
        return self._state is _State.HELD

    @property
    def silence_left_s(self) -> float | None:
        """Seconds without audio after which the turn ends; ``None``: none goes on."""
        if self._state is _State.HELD:
            return OUTAGE_S - self._quiet
        return TAIL_S - self._tail if self._state is _State.RELEASED else None

    def turn_so_far(self, after: int = 0) -> Int16Array:
        """Return the audio of the turn that goes on, without its first ``after`` samples."""
        return np.concatenate([self._nothing, *self._parts], axis=1)[:, after:]

    def drop_speech(self) -> None:
        """What somebody has begun to say without the button is no turn."""
        self._pending.append(SpeechDropped(self._time))

    def press(self) -> None:
        """The button is held from now on."""
        if self._state is _State.RELEASED:
            self._end()
        if self._state is _State.IDLE and len(self._pending) < MAX_PENDING:
            self._begin()

    def release(self) -> None:
        """The button was let go."""
        if self._state is _State.HELD:
            self._state = _State.RELEASED
            self._tail = self._quiet = 0.0
        elif self._state is not _State.RELEASED:
            self._state = _State.IDLE

    def push(self, samples: Int16Array) -> list[Heard]:
        """Return what has happened, with more audio; also without any samples."""
        seconds = samples.shape[1] / self._rate
        if not seconds:
            return self._told()
        self._time += seconds
        peak = _peak(samples)
        if self._state is _State.WAITING:
            self._begin()
        if self._state in (_State.HELD, _State.RELEASED):
            self._parts.append(samples)
            self._length += seconds
            self._count(seconds, peak)
        else:
            self._keep_before(samples, peak)
        if self._state is _State.HELD and self._length >= self._longest:
            self._end(then=_State.DONE)
        return self._told()

    def absent(self, seconds: float) -> list[Heard]:
        """Return what it leads to that no audio came for so long."""
        self._time += seconds
        self._before.clear()
        if self._state is _State.HELD:
            self._quiet += seconds
            if self._quiet >= OUTAGE_S:
                self._end(then=_State.WAITING)
        elif self._state is _State.RELEASED:
            self._tail += seconds
            if self._tail >= TAIL_S:
                self._end()
        return self._told()

    def end_turn(self) -> TurnEnded | None:
        """End the turn that goes on, if any, whatever the button does."""
        if self._state not in (_State.HELD, _State.RELEASED):
            return None
        held = self._state is _State.HELD
        ended = self._ended()
        self._state = _State.DONE if held else _State.IDLE
        return ended

    def reset(self) -> None:
        """Forget what was heard. A button that is held begins a turn with the next audio."""
        held = self._state in (_State.HELD, _State.WAITING)
        self._state = _State.WAITING if held else _State.IDLE
        self._parts, self._pending = [], []
        self._before.clear()

    # -- one turn ----------------------------------------------------------------------------

    def _begin(self) -> None:
        self._state = _State.HELD
        # A press is never the continuation of what was said before, however soon it comes.
        self._time += CONTINUED_S
        self._parts = list(self._before)
        self._before.clear()
        self._begin_counting()
        for samples in self._parts:
            self._count(samples.shape[1] / self._rate, _peak(samples))
        self._pending.append(SpeechStarted(self._time))

    def _begin_counting(self) -> None:
        self._length = self._sounding = 0.0
        self._peak = 0
        self._quiet = self._tail = 0.0
        self._start = self._time

    def _count(self, seconds: float, peak: int) -> None:
        self._peak = max(self._peak, peak)
        muted = peak <= MUTED_PEAK
        if not muted:
            self._sounding += seconds
        if self._state is _State.HELD:
            self._quiet = 0.0  # it is audio, however quiet
            return
        self._tail += seconds
        self._quiet = self._quiet + seconds if muted else 0.0
        if self._tail >= TAIL_S or self._quiet >= MUTED_S:
            self._end()

    def _end(self, then: _State = _State.IDLE) -> None:
        nothing = self._sounding < LEAST_S or self._peak < LEAST_PEAK
        ended = self._ended()
        self._pending.append(SpeechDropped(self._time) if nothing else ended)
        self._state = then

    def _ended(self) -> TurnEnded:
        said = np.concatenate([self._nothing, *self._parts], axis=1)
        self._parts = []
        # However short, it is a turn, and no mere "mm-hm": the person says so. Nobody is asked.
        return TurnEnded(
            said, math.inf, self._time, start=self._start, silence_s=self._tail, final=True
        )

    def _keep_before(self, samples: Int16Array, peak: int) -> None:
        if peak <= MUTED_PEAK:
            self._before.clear()
            return
        self._before.append(samples)
        while sum(part.shape[1] for part in self._before) > BEFORE_S * self._rate:
            self._before.popleft()

    def _told(self) -> list[Heard]:
        told, self._pending = self._pending, []
        return told


def _peak(samples: Int16Array) -> int:
    return max(int(samples.max()), -int(samples.min()))
