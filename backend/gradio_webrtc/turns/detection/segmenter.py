"""Audio and how likely it is speech in, the beginnings and ends of turns out. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.hangover import Hangover
from gradio_webrtc.turns.detection.sample_buffer import SampleBuffer
from gradio_webrtc.turns.detection.speech_events import Pause, SpeechEvent, SpeechStarted, TurnEnded
from gradio_webrtc.turns.detection.speech_window import BRIDGED_S, Hysteresis, SlidingWindow
from gradio_webrtc.turns.options import AlgoOptions, SileroVadOptions

RESUMABLE_S = 10.0
"""How long after its end a turn can be resumed, and how long a resumed one waits for more speech:
more than anybody thinks in the middle of a sentence, so that no audio is kept for ever."""
LONGEST_S = 600.0
"""A turn ends after ten minutes whatever the options say: a radio in the room never pauses."""


@dataclass
class _Turn:
    """A turn, in positions of the buffer.

    Attributes:
        start: of the utterance, with its pre-roll.
        first: of the first speech.
        last: after the last speech.
        speech: samples of speech in it.
        settled: whether the window has held enough for its emptying to be an end.
        resumed_at: when it was resumed, until there is speech again.
    """

    start: int
    first: int
    last: int
    speech: int
    settled: bool = False
    resumed_at: int | None = None


class SpeechSegmenter:
    """Finds turns in one person's audio: see :class:`AlgoOptions` for what begins and ends one.

    ``push`` for detectors that score window by window, ``push_measured`` for models that measure a
    whole stretch; one instance takes one of them. Samples are kept until they cannot belong to an
    utterance any more: about a second of them while nobody speaks. Not thread-safe.

    Args:
        sample_rate: of the audio, in Hz.
        channels: of the audio, 1 or 2.
        algo: when a turn begins and ends.
        vad: what counts as speech; ``None`` means the defaults.
    """

    def __init__(
        self,
        sample_rate: int,
        channels: int,
        algo: AlgoOptions,
        vad: SileroVadOptions | None = None,
    ) -> None:
        vad = vad or SileroVadOptions()
        self._rate = sample_rate
        self._hysteresis = Hysteresis(vad.threshold)
        self._length = round(algo.audio_chunk_duration * sample_rate)
        min_run = round(vad.min_speech_duration_ms * sample_rate / 1000)
        self._window = SlidingWindow(self._length, min_run, round(BRIDGED_S * sample_rate))
        self._begins_above = algo.started_talking_threshold * sample_rate
        self._ends_below = algo.speech_threshold * sample_rate
        longest = min(algo.max_continuous_speech_s, vad.max_speech_duration_s, LONGEST_S)
        self._longest = longest * sample_rate
        self._silence = None if algo.silence_ms is None else algo.silence_ms * sample_rate / 1000
        self._pad = round(vad.speech_pad_ms * sample_rate / 1000)
        self._history = max(self._length, min_run) + self._pad
        self._hangover = Hangover(sample_rate)
        self._buffer = SampleBuffer(channels)
        self._next_start = 0
        """Where the next utterance may begin: after the one before."""
        self._turn: _Turn | None = None
        self._ended: _Turn | None = None
        self._ended_at = 0

    @property
    def speaking(self) -> bool:
        """Whether a turn is going on."""
        return self._turn is not None

    @property
    def speech_s(self) -> float:
        """Seconds of speech in the turn that is going on; 0 when there is none."""
        return self._turn.speech / self._rate if self._turn else 0.0

    @property
    def received_s(self) -> float:
        """Seconds of audio since the segmenter's beginning."""
        return self._buffer.stop / self._rate

    @property
    def turn_start_s(self) -> float | None:
        """When the utterance of the turn that is going on begins, in seconds of audio."""
        return self._turn.start / self._rate if self._turn else None

    @property
    def last_speech_s(self) -> float | None:
        """When the last speech of the turn that is going on ended, in seconds of audio."""
        return self._turn.last / self._rate if self._turn else None

    @property
    def silence_left_s(self) -> float | None:
        """Seconds of silence after which the turn that goes on ends; ``None``: there is none."""
        turn, stop = self._turn, self._buffer.stop
        if turn is None:
            return None
        if turn.resumed_at is not None:
            left = RESUMABLE_S * self._rate - (stop - turn.resumed_at)
        elif self._silence is not None:
            left = self._silence - (stop - turn.last)
        else:
            amount = math.ceil(self._ends_below) if turn.settled else 1
            left = self._window.falls_below_in(max(1, amount))
        return max(0.0, left / self._rate)

    def audio_since(self, time: float) -> Int16Array:
        """Return a copy of what is kept from ``time`` on, in seconds of audio."""
        return self._buffer.cut(round(time * self._rate), self._buffer.stop)

    @property
    def buffered_s(self) -> float:
        """Seconds of audio that are kept."""
        return (self._buffer.stop - self._buffer.start) / self._rate

    def pause(self) -> Pause | None:
        """Return how long nobody has spoken in the turn that goes on; ``None``: there is none."""
        turn, stop = self._turn, self._buffer.stop
        if turn is None:
            return None
        end = min(stop, turn.last + self._pad)
        since, seconds = turn.last / self._rate, (stop - turn.last) / self._rate
        turn_now = partial(self._ended_turn, turn, end, paused=True)
        return Pause(since, seconds, self._hangover.holds_back, turn_now)

    def push(self, samples: Int16Array, probability: float) -> list[SpeechEvent]:
        """Take the audio of one detector window.

        Args:
            samples: shape ``(channels, n)``; kept, so it must not be changed afterwards.
            probability: how likely it is speech, from 0 to 1.
        """
        is_speech = self._hysteresis.push(probability)
        loud = self._hangover.above_noise_floor(samples)
        start, stop = self._advance(samples)
        speech = [(start, stop)] if is_speech else []
        if self._turn is not None:
            speech = self._hangover.push(start, stop, speech=is_speech, loud=loud)
        for first, last in speech:
            self._window.add(first, last, last - first)
            self._note_speech(last, last - first)
        events = self._decide(stop, self._window.speech, self._window.active)
        self._drop_old()
        return events

    def push_silence(self, samples: Int16Array) -> list[SpeechEvent]:
        """Take the silence of a time in which no audio came, with either kind of scorer.

        It says nothing about the background of the room. Silence as long as the window, or longer,
        may be one push while nobody speaks.

        Args:
            samples: zeros of shape ``(channels, n)``; kept.
        """
        self._hysteresis.reset()
        _, stop = self._advance(samples)
        if self._turn is not None:
            self._hangover.push(stop, stop, speech=False, loud=False)
        events = self._decide(stop, self._window.speech, self._window.active)
        self._drop_old()
        return events

    def push_measured(self, samples: Int16Array, window_speech_s: float) -> list[SpeechEvent]:
        """Take the next audio, with the seconds of speech in the ``audio_chunk_duration`` up to it.

        Args:
            samples: shape ``(channels, n)``; kept, so it must not be changed afterwards.
            window_speech_s: what a ``PauseDetectionModel`` measured. It is believed as it is; what
                of it lies in ``samples`` is what was not in the window before.
        """
        measured = min(self._length, round(window_speech_s * self._rate))
        start, stop = self._advance(samples)
        speech = min(max(0, measured - self._window.active), stop - start)
        self._window.add(start, stop, speech)
        self._note_speech(stop, speech)
        events = self._decide(stop, measured, measured)
        self._drop_old()
        return events

    def end_turn(self) -> TurnEnded | None:
        """End the turn that is going on, without a pause; return ``None`` when there is none."""
        return None if self._turn is None else self._end(self._turn, paused=False)

    def resume_turn(self) -> bool:
        """Take back the last ``TurnEnded``: the next one carries its utterance again, and more.

        A turn that has begun since becomes part of it. Otherwise the turn goes on, and ends at the
        pause after the next speech, or ``RESUMABLE_S`` later when there is none, or by
        ``end_turn``. Return whether there was a turn to resume: one that ended more than
        ``RESUMABLE_S`` ago is gone.
        """
        before, now = self._ended, self._turn
        if before is None:
            return False
        self._ended = None
        if now is None:
            before.settled, before.resumed_at = False, self._buffer.stop
            self._turn = before
        else:
            now.start, now.first = before.start, before.first
            now.speech += before.speech
        self._next_start = before.start
        return True

    def reset(self) -> None:
        """Drop the turn that is going on and all audio; time goes on."""
        self._turn = self._ended = None
        self._window.reset()
        self._hangover.reset()
        self._hysteresis.reset()
        self._buffer.drop_before(self._buffer.stop)
        self._next_start = self._buffer.stop

    def _advance(self, samples: Int16Array) -> tuple[int, int]:
        start = self._buffer.stop
        self._buffer.append(samples)
        self._window.slide(self._buffer.stop)
        return start, self._buffer.stop

    def _note_speech(self, stop: int, speech: int) -> None:
        if self._turn is not None and speech:
            self._turn.speech += speech
            self._turn.last, self._turn.resumed_at = stop, None

    def _decide(self, stop: int, speech: int, active: int) -> list[SpeechEvent]:
        """Return what the audio up to ``stop`` leads to."""
        turn = self._turn
        if turn is None:
            if speech <= self._begins_above:
                return []
            return [self._begin(stop, speech, active)]
        turn.settled = turn.settled or active >= max(1.0, self._ends_below)
        if self._paused(turn, stop, active):
            return [self._end(turn, paused=True)]
        if stop - turn.first >= self._longest:
            return [self._end(turn, paused=False)]
        return []

    def _begin(self, stop: int, speech: int, active: int) -> SpeechStarted:
        first = max(min(self._window.speech_start, stop - speech), self._buffer.start)
        start = max(first - self._pad, self._buffer.start, self._next_start)
        self._turn = _Turn(start, first, stop, speech, settled=active >= self._ends_below)
        return SpeechStarted(first / self._rate)

    def _paused(self, turn: _Turn, stop: int, active: int) -> bool:
        if turn.resumed_at is not None:
            return stop - turn.resumed_at >= RESUMABLE_S * self._rate
        if self._silence is not None:
            return stop - turn.last >= self._silence
        return active == 0 or (turn.settled and active < self._ends_below)

    def _end(self, turn: _Turn, *, paused: bool) -> TurnEnded:
        self._turn, self._ended, self._ended_at = None, turn, self._buffer.stop
        self._window.reset()
        self._hangover.reset()
        # What follows the pad is silence; the next utterance's pre-roll may need it.
        self._next_start = (
            min(self._buffer.stop, turn.last + self._pad) if paused else self._buffer.stop
        )
        return self._ended_turn(turn, self._next_start, paused=paused)

    def _ended_turn(self, turn: _Turn, end: int, *, paused: bool) -> TurnEnded:
        utterance = self._buffer.cut(turn.start, end)
        seconds = turn.speech / self._rate
        start = turn.start / self._rate
        silence = (self._buffer.stop - turn.last) / self._rate
        return TurnEnded(utterance, seconds, turn.last / self._rate, paused, start, silence)

    def _drop_old(self) -> None:
        oldest = self._buffer.stop - self._history
        if self._ended is not None:
            if self._buffer.stop - self._ended_at > RESUMABLE_S * self._rate:
                self._ended = None
            else:
                oldest = min(oldest, self._ended.start)
        if self._turn is not None:
            oldest = min(oldest, self._turn.start)
        self._buffer.drop_before(oldest)
