"""Turns found by a subclass's own ``process_audio`` or ``determine_pause``, as published."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.handlers.protocol import ReceivedAudio
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.app_state import AppState
from gradio_webrtc.turns.detection.speech_events import SpeechEvent, SpeechStarted, TurnEnded
from gradio_webrtc.turns.published_hooks import utterance_of


class FindsPauses(Protocol):
    """The handler."""

    state: AppState

    def process_audio(self, audio: ReceivedAudio, state: AppState) -> None:
        """Note down in ``state`` what ``audio`` leads to."""
        ...


class CustomPauseListener:
    """A ``TurnListener`` that gives all audio to a handler's own steps, on a thread.

    A turn begins when they set ``state.started_talking``, and ends when they set
    ``state.pause_detected``: what was said is then in ``state.stream``. When no audio comes nothing
    ends, since only they know what a pause is.

    Args:
        handler: whose steps find the turns.
        channels: of what is said when nothing was, 1 or 2.
    """

    silence_left_s = None

    def __init__(self, handler: FindsPauses, channels: int) -> None:
        self._handler = handler
        self._nothing: Int16Array = np.zeros((channels, 0), np.int16)
        self._worker = Worker(f"{type(handler).__name__}.process_audio")
        self._time = 0.0
        self._speaking = False
        self._ended: AppState | None = None

    @property
    def speech_s(self) -> float:
        """Seconds of audio that were gathered in the turn that goes on."""
        state = self._handler.state
        said = utterance_of(state)
        return 0.0 if said is None else said.shape[-1] / max(1, state.sampling_rate)

    def pause_so_far(self) -> None:
        """Return ``None``: only the steps know what a pause is."""

    def turn_so_far(self, after: int = 0) -> Int16Array:
        """Return what was gathered in the turn that goes on, without its first samples."""
        said = utterance_of(self._handler.state)
        return self._nothing if said is None else said[:, after:]

    async def hear(self, frame: ReceivedAudio) -> list[SpeechEvent]:
        """Return what the steps make of the next audio.

        Raises:
            Exception: whatever they raised.
        """
        state = self._handler.state
        await call(self._handler.process_audio, frame, state, worker=self._worker)
        self._time += frame[1].shape[-1] / frame[0]
        events: list[SpeechEvent] = []
        if state.started_talking and not self._speaking:
            self._speaking = True
            events.append(SpeechStarted(self._time))
        if state.pause_detected and (ended := self._end(paused=True)) is not None:
            events.append(ended)
        return events

    async def absent(self, seconds: float) -> list[SpeechEvent]:
        """Return nothing: time that passes without audio is not shown to the steps."""
        return []

    def end_turn(self) -> TurnEnded | None:
        """End the turn that is going on, if anything was gathered in it."""
        return None if self._handler.state.stream is None else self._end(paused=False)

    def resume_turn(self) -> bool:
        """Go on with the turn that ended last."""
        if self._ended is None:
            return False
        self._ended.pause_detected = False
        self._handler.state, self._ended = self._ended, None
        self._speaking = True
        return True

    def reset(self) -> None:
        """Forget the turn that goes on."""
        self._handler.state = self._handler.state.new()
        self._speaking, self._ended = False, None

    async def aclose(self) -> None:
        """End the thread. Idempotent."""
        await self._worker.aclose()

    def _end(self, *, paused: bool) -> TurnEnded:
        state = self._handler.state
        said = utterance_of(state)
        self._ended, self._handler.state = state, state.new()
        self._speaking = False
        # The steps say that it is a turn, so it is one, however short: no mere "mm-hm".
        return TurnEnded(
            self._nothing if said is None else said, math.inf, self._time, paused=paused
        )
