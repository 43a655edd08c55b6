"""One connection's turns: audio in, the beginnings and ends of turns out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextvars import copy_context
from typing import Any

import numpy as np

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm, checked_rate, remix
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.turns.detection.audio_watch import AudioWatch, pass_silence
from gradio_webrtc.turns.detection.segmenter import SpeechSegmenter
from gradio_webrtc.turns.detection.silero import get_silero_model
from gradio_webrtc.turns.detection.spared_steps import Run, SparedSteps
from gradio_webrtc.turns.detection.speech_events import Pause, SpeechEvent, TurnEnded
from gradio_webrtc.turns.detection.speech_scorer import VadSource, make_scorer
from gradio_webrtc.turns.options import AlgoOptions, SileroVadOptions

logger = logging.getLogger(__name__)

OnSilence = Callable[[Sequence[SpeechEvent]], Awaitable[None]]
"""Is awaited with what a pause leads to in which no audio comes."""

CALM = 0.1
"""Probability of speech below which, while nobody speaks, a step may wait for the next one."""
CALM_STEPS = 4
"""How many steps are scored together then, so that an idle connection makes few trips to the
thread. A beginning is noticed up to 0.1 s later; ends of turns are not, since a turn has begun."""


class Listener:
    """Scores the audio of one connection off the event loop and finds the turns in it.

    Audio is cut into the detector's windows wherever its chunks begin and end, so that the same
    audio gives the same events however it arrives. One trip to the thread takes all windows that
    are complete: with 20 ms chunks one of 32 ms; ``CALM_STEPS`` while it is clear that nobody
    speaks and there is no hurry; and in silence there is none. Use it from one task at a time.

    Args:
        sample_rate: of the audio and of the utterances, in Hz; other rates are converted.
        channels: of the utterances, 1 or 2.
        algo: when a turn begins and ends; ``None`` means the defaults.
        options: a ``SileroVadOptions`` for detectors, anything a ``PauseDetectionModel`` takes.
        model: what tells speech from everything else; ``None`` means the embedded model.
        hurry: whether it matters now that a beginning is noticed at once; ``None`` means never.
        on_silence: awaited, never while ``hear`` works, with the events that follow when audio
            stops coming in the middle of a turn, which the time that passes then ends. So call
            ``hear`` as audio comes: what is done between two calls in the middle of a turn must
            not take as long as a pause. ``None``: such a turn goes on until there is more audio,
            unless ``absent`` is called.

    Attributes:
        segmenter: decides; between two calls of ``hear`` it says what was found so far.

    Raises:
        ConfigurationError: ``model`` or ``sample_rate`` is nothing that can be used.
    """

    def __init__(
        self,
        sample_rate: int,
        channels: int = 1,
        algo: AlgoOptions | None = None,
        options: Any = None,
        model: VadSource | None = None,
        hurry: Callable[[], bool] | None = None,
        on_silence: OnSilence | None = None,
    ) -> None:
        sample_rate = checked_rate("sample_rate", sample_rate)
        algo = algo or AlgoOptions()
        vad = options if isinstance(options, SileroVadOptions) else None
        self.segmenter = SpeechSegmenter(sample_rate, channels, algo, vad)
        self._scorer = make_scorer(model or get_silero_model(), options, sample_rate, algo)
        self._rate = sample_rate
        self._channels = channels
        self._worker = Worker("voice detection")
        self._converter = StreamResampler(sample_rate, channels)
        self._hurry = hurry
        self._on_silence = on_silence
        self._watch = AudioWatch(lambda: self.silence_left_s, self._fell_silent, self._failed)
        self._failure: Exception | None = None
        self._ready: list[Int16Array] = []
        """Steps that are complete and not yet scored."""
        self._loaded = False
        self._absent = 0
        """Samples that did not come, of which the scorer was not yet told."""
        self._generation = self._scored_generation = 0
        self._spared = SparedSteps(sample_rate)
        self._calm: bool = False
        self._begin()

    @property
    def speaking(self) -> bool:
        """Whether a turn is going on."""
        return self.segmenter.speaking

    @property
    def speech_s(self) -> float:
        """Seconds of speech in the turn that is going on."""
        return self.segmenter.speech_s

    @property
    def silence_left_s(self) -> float | None:
        """Seconds of silence after which the turn that goes on ends; ``None``: there is none."""
        return self.segmenter.silence_left_s

    def pause_so_far(self) -> Pause | None:
        """Return how long nobody has spoken in the turn that goes on; ``None``: there is none."""
        return self.segmenter.pause()

    def turn_so_far(self, after: int = 0) -> Int16Array:
        """Return the audio of the turn that goes on, without its first ``after`` samples."""
        start = self.segmenter.turn_start_s
        since = self.segmenter.received_s if start is None else start + after / self._rate
        return self.segmenter.audio_since(since)

    async def load(self) -> None:
        """Make the detector ready off the event loop; otherwise the first ``hear`` does."""
        if not self._loaded:
            await self._worker.call(self._scorer.load)
            self._spared = SparedSteps(self._rate, self._scorer.silence, self._scorer.lookback)
            self._loaded = True

    async def hear(self, frame: tuple[int, Int16Array]) -> list[SpeechEvent]:
        """Return what the next audio leads to.

        Args:
            frame: ``(sample_rate in Hz, int16 of shape (channels, samples))``.

        Raises:
            SessionClosedError: the listener was closed.
            Exception: whatever a detector of the author's own, or ``on_silence``, raised.
        """
        if self._on_silence is None:
            return await self._hear(frame)
        if self._failure is not None:
            raise self._failure
        async with self._watch.taking(frame[1].shape[-1] / frame[0]):
            return await self._hear(frame)

    async def absent(self, seconds: float) -> list[SpeechEvent]:
        """Return what it leads to that no audio came for so long: it is silence, and not scored.

        Raises:
            SessionClosedError: the listener was closed.
        """
        await self.load()
        count = round(seconds * self._rate)
        if self._waiting:  # what waits to become a step is completed, and scored
            rest = self._scorer.boundary(self._index) - self._position - self._waiting
            filled, count = min(rest, count), max(0, count - rest)
            self._ready += self._complete_steps(self._rate, self._silence(filled))
        events = await self._score_ready() if self._ready else []
        if count:
            self._absent += count
            self._spared.restart()
            events += self.segmenter.push_silence(self._silence(count))
        return events

    async def _hear(self, frame: tuple[int, Int16Array]) -> list[SpeechEvent]:
        await self.load()
        self._ready += self._complete_steps(*frame)
        if not self._ready or self._may_wait():
            return []
        return await self._score_ready()

    async def _score_ready(self) -> list[SpeechEvent]:
        """Let the thread score what is complete, as far as that is needed."""
        steps, self._ready = self._ready, []
        generation = self._generation
        if not self._calm:
            self._spared.found_speech()
        runs = self._spared.runs(steps)
        if any(run.asked for run in runs):
            absent, self._absent = self._absent, 0
            answers = await self._worker.call(self._score_all, runs, generation, absent)
        else:
            answers = [0.0] * len(steps)
        if generation != self._generation:
            return []  # reset meanwhile
        push = self.segmenter.push_measured if self._scorer.measures else self.segmenter.push
        events: list[SpeechEvent] = []
        for samples, answer in zip(steps, answers, strict=True):
            events += push(samples, answer)
        quiet = not (self._scorer.measures or self.segmenter.speaking)
        self._calm = quiet and max(answers) < CALM
        return events

    def end_turn(self) -> TurnEnded | None:
        """End the turn that is going on, if any; between two calls of ``hear``."""
        return self.segmenter.end_turn()

    def resume_turn(self) -> bool:
        """Go on with the turn that ended last; return whether there was one. As ``end_turn``."""
        return self.segmenter.resume_turn()

    def reset(self) -> None:
        """Drop the turn that is going on and forget all audio so far."""
        self._generation += 1
        self.segmenter.reset()
        self._begin()

    async def aclose(self) -> None:
        """Give the detector back and end the thread. Idempotent."""
        await self._watch.aclose()
        if self._loaded and not self._worker.closing:
            self._loaded = False
            closed = self._worker.submit(copy_context(), self._scorer.close)
            await self._worker.aclose()
            if closed.done():
                closed.result()
        await self._worker.aclose()

    async def _fell_silent(self, seconds: float) -> None:
        """The watch found that no audio came."""
        assert self._on_silence is not None
        events: list[SpeechEvent] = []

        async def absent(step: float) -> None:
            events.extend(await self.absent(step))

        await pass_silence(seconds, lambda: self.silence_left_s, absent)
        if events:
            await self._on_silence(events)

    def _failed(self, error: Exception) -> None:
        logger.error("A listener failed when audio had stopped", exc_info=error)
        self._failure = error

    def _silence(self, count: int) -> Int16Array:
        return np.zeros((self._channels, count), np.int16)

    def _may_wait(self) -> bool:
        """Whether what is ready may be scored together with what comes."""
        hurry = self._hurry is not None and self._hurry()
        return self._calm and not hurry and len(self._ready) < CALM_STEPS

    def _begin(self) -> None:
        self._pieces: list[Int16Array] = []
        self._waiting = 0
        """Samples in the pieces."""
        self._index = 0
        """Of the next step."""
        self._ready = []
        self._calm = False
        self._spared.restart()
        self._absent = 0
        self._position = 0
        """Where the pieces begin, counted as the steps' boundaries are."""

    def _complete_steps(self, rate: int, samples: Int16Array) -> list[Int16Array]:
        """Take audio and return what is complete."""
        if rate != self._rate:
            samples = self._converter.push(Pcm(rate, samples))
        elif samples.shape[0] != self._channels:
            samples = remix(samples, self._channels)
        self._pieces.append(samples)
        self._waiting += samples.shape[1]
        boundary = self._scorer.boundary
        if self._position + self._waiting < boundary(self._index):
            return []
        signal = np.concatenate(self._pieces, axis=1)
        start, end = self._position, self._position + self._waiting
        steps = []
        while boundary(self._index) <= end:
            stop = boundary(self._index)
            steps.append(signal[:, self._position - start : stop - start])
            self._position, self._index = stop, self._index + 1
        rest = signal[:, self._position - start :].copy()
        self._pieces, self._waiting = [rest], rest.shape[1]
        return steps

    def _score_all(self, runs: list[Run], generation: int, absent: int) -> list[float]:
        """Runs on the thread."""
        if generation != self._scored_generation:
            self._scorer.reset()
            self._scored_generation = generation
        elif absent:
            self._scorer.absent(absent)
        answers: list[float] = []
        for run in runs:
            if run.resumes:
                self._scorer.skipped(run.again)
            answers += self._scorer.score_all(run.steps) if run.asked else [0.0] * len(run.steps)
        return answers
