"""The inner steps of a published ``ReplyOnPause``, for subclasses that replace some of them.

By default none of this runs: turns are found by a ``Listener``. A subclass that brings its own
``process_audio`` or ``determine_pause`` finds them itself, see ``custom_pause.py``; one that brings
its own ``receive`` may call the steps, and ask for the reply by ``event.set()``.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import numpy as np

from gradio_webrtc.handlers.base import AsyncStreamHandler
from gradio_webrtc.handlers.protocol import ReceivedAudio
from gradio_webrtc.media.audio.pcm import AudioArray, Int16Array, to_int16
from gradio_webrtc.turns.app_state import AppState
from gradio_webrtc.turns.detection.silero import get_silero_model
from gradio_webrtc.turns.detection.speech_scorer import VadSource
from gradio_webrtc.turns.detection.vad import ModelOptions, PauseDetectionModel
from gradio_webrtc.turns.options import AlgoOptions


class ReplyEvent(threading.Event):
    """Is set while a reply goes on; setting it asks for one.

    Args:
        ask: asks for a reply, from any thread.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        super().__init__()
        self._ask = ask

    def set(self) -> None:
        """Ask for a reply to what has been said."""
        super().set()
        self._ask()

    def began(self) -> None:
        """A reply began, whoever asked for it."""
        super().set()


class PublishedHooks(AsyncStreamHandler):
    """A part of ``ReplyOnPause``.

    Attributes:
        event: set while a reply goes on; setting it asks for one.
        generator: without effect; the generator of a reply belongs to its session.
    """

    algo_options: AlgoOptions
    model_options: ModelOptions
    model: VadSource
    event: ReplyEvent
    generator: Generator[Any, None, None] | None
    _state: AppState
    _steps: tuple[str, ...] = ("process_audio", "determine_pause")
    """Those by which a subclass finds its turns itself."""

    def _begin_turns(self) -> None:
        """Set up what a connection has of its own."""
        self.state = self._new_state()
        self.event = ReplyEvent(self.trigger_response)
        self.generator = None

    def _new_state(self) -> AppState:
        return AppState()

    def _replying(self) -> bool:
        """Return whether a reply goes on."""
        raise NotImplementedError

    @property
    def state(self) -> AppState:
        """What ``process_audio`` and ``determine_pause`` note down of the turn that goes on."""
        self._state.responding = self._replying()
        return self._state

    @state.setter
    def state(self, state: AppState) -> None:
        self._state = state

    @property
    def fn(self) -> Callable[..., Any]:
        """The function that replies."""
        raise NotImplementedError

    @property
    def is_async(self) -> bool:
        """Whether ``fn`` is an async generator function."""
        return inspect.isasyncgenfunction(self.fn)

    async def async_iterate(self, generator: AsyncIterator[Any]) -> Any:
        """Return the next value of ``generator``."""
        return await generator.__anext__()

    def process_audio(self, audio: ReceivedAudio, state: AppState) -> None:
        """Add ``audio`` to ``state.buffer`` and note whether the turn is over.

        Runs on a thread.

        Args:
            audio: ``(sample_rate in Hz, int16 of shape (1, samples))``.
            state: of the turn; ``pause_detected`` says afterwards whether it is over.
        """
        rate, samples = audio
        samples = np.squeeze(samples)
        state.sampling_rate = state.sampling_rate or rate
        held = [] if state.buffer is None else [state.buffer]
        state.buffer = np.concatenate([*held, samples], axis=-1)
        state.pause_detected = self.determine_pause(state.buffer, state.sampling_rate, state)

    def determine_pause(self, audio: AudioArray, sampling_rate: int, state: AppState) -> bool:
        """Return whether the turn is over, by what of ``audio`` is speech.

        Takes a decision for each ``audio_chunk_duration`` of audio, clears ``state.buffer`` then,
        and gathers in ``state.stream`` what is said once ``state.started_talking``.

        Args:
            audio: what was not decided about, int16 of shape ``(samples,)``.
            sampling_rate: in Hz.
            state: of the turn.
        """
        algo = self.algo_options
        if audio.shape[-1] < algo.audio_chunk_duration * sampling_rate:
            return False
        seconds = self._speech_s(audio, sampling_rate)
        state.buffer = None
        if not state.started_talking and seconds <= algo.started_talking_threshold:
            return False
        state.started_talking = True
        said = [] if state.stream is None else [state.stream]
        state.stream = np.concatenate([*said, audio], axis=-1)
        too_long = state.stream.shape[-1] >= algo.max_continuous_speech_s * sampling_rate
        return too_long or seconds < algo.speech_threshold

    def reset(self) -> None:
        """Forget the turn that goes on, and make the next ``wait_for_args`` wait.

        Runs on a thread after each reply that has been played, if a subclass brings its own.
        """
        super().reset()
        self.state = self.state.new()

    def _speech_s(self, audio: AudioArray, sampling_rate: int) -> float:
        """Return the seconds of speech in ``audio``."""
        model = self.model if isinstance(self.model, PauseDetectionModel) else get_silero_model()
        return float(model.vad((sampling_rate, audio), self.model_options)[0])

    def _overrides(self, *methods: str) -> bool:
        """Whether one of ``methods`` is not this package's."""
        owners = (getattr(getattr(self, name), "__module__", None) or "" for name in methods)
        return any(owner.partition(".")[0] != __name__.partition(".")[0] for owner in owners)


def utterance_of(state: AppState) -> Int16Array | None:
    """Return what was said by ``state``, int16 of shape ``(channels, samples)``, if anything."""
    if state.stream is None:
        return None
    samples = np.asarray(state.stream)
    whole = samples.astype(np.int16) if samples.dtype.kind in "iu" else to_int16(samples)
    return np.atleast_2d(whole)
