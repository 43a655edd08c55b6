"""Passes turns on only after a stop word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.keywords.spotter import Spotted
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.detection.speech_events import Pause, SpeechEvent, SpeechStarted, TurnEnded
from gradio_webrtc.turns.stop_words.spotter_worker import SpotterWorker

FED_S = 0.1
"""A spotter gets audio in pieces of at least this length: fewer trips to its thread."""
BEHIND_S, KEPT_S = 8.0, 3.0
"""A spotter that is slower than speech, on a machine that is too busy, goes on with the latest
seconds when it is this far behind. Less would cost the first word while it loads its model."""
QUESTION_S = 0.3
"""Speech has to go on this long after the end of the stop word to be more than its echo in the
detector, which goes on for a moment after the last speech."""


@dataclass
class _StopWord:
    """A stop word that was heard in the turn that goes on.

    Attributes:
        end: where it ended, in seconds of audio.
        told: whether the beginning of the question was passed on.
    """

    end: float
    told: bool = False


class StopWordListener:
    """Passes on the turns of a ``Listener`` that a stop word was said before; ``TurnListener``.

    The question is what follows the stop word in the same turn, or, when nothing does, the next
    turn, if it begins within ``follow_up_s``. While nobody speaks, only the listener works.

    Args:
        listener: finds the turns.
        spotter: hears the stop words in them.
        follow_up_s: how long it stays awake after a stop word that nothing followed.
        on_stop_word: called with the stop word when it was heard.
        on_sleep: called when nothing was said in ``follow_up_s``.
        passes_all: whether turns are passed on without a stop word now.
    """

    def __init__(
        self,
        listener: Listener,
        spotter: SpotterWorker,
        follow_up_s: float,
        on_stop_word: Callable[[str], None],
        on_sleep: Callable[[], None],
        passes_all: Callable[[], bool],
    ) -> None:
        self._listener = listener
        self._spotter = spotter
        self._follow_up = follow_up_s
        self._on_stop_word = on_stop_word
        self._on_sleep = on_sleep
        self._passes_all = passes_all
        self._awake_until: float | None = None
        self._last: tuple[bool, _StopWord | None] = (False, None)
        """Of the turn that ended last: ``_passing`` and ``_stop_word``."""
        self._passing = False
        """Whether the turn that goes on is passed on as it is."""
        self._fed: float | None = None
        """Up to where the spotter was given the turn that goes on, in seconds of audio."""
        self._began = 0.0
        """Where what the spotter was given begins."""
        self._stop_word: _StopWord | None = None

    @property
    def speech_s(self) -> float:
        """Seconds of speech in the turn that goes on, if it is passed on."""
        passed = self._passing or (self._stop_word is not None and self._stop_word.told)
        return self._listener.speech_s if passed else 0.0

    @property
    def silence_left_s(self) -> float | None:
        """Seconds of silence after which a turn ends or it falls asleep; ``None``: neither."""
        left = self._listener.silence_left_s
        if left is None and self._awake_until is not None:
            return max(0.0, self._awake_until - self._listener.segmenter.received_s)
        return left

    def pause_so_far(self) -> Pause | None:
        """Return how long nobody has spoken in a question; ``None``: nothing was asked so far."""
        pause, stop_word = self._listener.pause_so_far(), self._stop_word
        if pause is None or self._passing:
            return pause
        if stop_word is None or not stop_word.told:
            return None
        end, rate = stop_word.end, self._spotter.rate
        return replace(pause, turn=lambda: _after(pause.turn(), end, rate))

    def turn_so_far(self, after: int = 0) -> Int16Array:
        """Return the audio of the turn that goes on, from the end of its stop word, if it has one.

        Args:
            after: how many samples of its beginning are left out.
        """
        segmenter = self._listener.segmenter
        start = segmenter.turn_start_s if self._stop_word is None else self._stop_word.end
        since = segmenter.received_s if start is None else start + after / self._spotter.rate
        return segmenter.audio_since(since)

    async def hear(self, frame: tuple[int, Int16Array]) -> list[SpeechEvent]:
        """Return what the next audio leads to: nothing, while asleep."""
        return await self._pass(await self._listener.hear(frame))

    async def absent(self, seconds: float) -> list[SpeechEvent]:
        """Return what it leads to that no audio came for so long."""
        return await self._pass(await self._listener.absent(seconds))

    async def _pass(self, events: Sequence[SpeechEvent]) -> list[SpeechEvent]:
        passed: list[SpeechEvent] = []
        for event in events:
            if isinstance(event, SpeechStarted):
                passed += self._speech_started(event)
            else:
                passed += await self._turn_ended(event)
        passed += self._speech_goes_on()
        self._sleep_if_due()
        return passed

    def end_turn(self) -> TurnEnded | None:
        """End the turn that is going on, asleep or not."""
        ended = self._listener.end_turn()
        if ended is not None:
            stop_word = self._stop_word
            self._forget_turn()
            self._awake_until = None
            return ended if stop_word is None else _after(ended, stop_word.end, self._spotter.rate)
        return None

    def resume_turn(self) -> bool:
        """Go on with the turn that was passed on last."""
        resumed = self._listener.resume_turn()
        if resumed:
            self._forget_turn()
            self._passing, self._stop_word = self._last
        return resumed

    def reset(self) -> None:
        """Forget all audio so far, and sleep."""
        self._listener.reset()
        self._forget_turn()
        self._awake_until = None

    async def aclose(self) -> None:
        """Let go of the detector and the spotter."""
        try:
            await self._spotter.aclose()
        finally:
            await self._listener.aclose()

    # -- one turn ----------------------------------------------------------------------------

    def _forget_turn(self) -> None:
        self._passing = False
        self._fed = None
        self._began = 0.0
        self._stop_word = None

    def _speech_started(self, event: SpeechStarted) -> list[SpeechEvent]:
        self._forget_turn()
        if self._awake_until is not None or self._passes_all():
            self._awake_until = None
            self._passing = True
            return [event]
        start = self._listener.segmenter.turn_start_s
        self._began = self._fed = event.time if start is None else start
        self._spotter.begin()
        return []

    def _speech_goes_on(self) -> list[SpeechEvent]:
        """Feed the spotter, and pass on the beginning of a question."""
        segmenter = self._listener.segmenter
        if not segmenter.speaking:
            return []
        if not self._spotter.busy:
            self._spot()
        stop_word, last = self._stop_word, segmenter.last_speech_s
        if stop_word is None or stop_word.told or last is None or last - stop_word.end < QUESTION_S:
            return []
        stop_word.told = True
        return [SpeechStarted(stop_word.end)]

    def _spot(self) -> None:
        """Take what the spotter found, and give it the audio since."""
        if self._fed is not None:
            self._take(self._spotter.found())
        segmenter = self._listener.segmenter
        if self._fed is None:
            return
        if segmenter.received_s - self._fed > BEHIND_S:
            self._fed = self._began = segmenter.received_s - KEPT_S
            self._spotter.skip()
        if segmenter.received_s - self._fed >= FED_S:
            self._spotter.feed(segmenter.audio_since(self._fed))
            self._fed = segmenter.received_s

    def _take(self, spotted: Spotted | None) -> None:
        if spotted is not None:
            self._fed = None
            self._stop_word = _StopWord(self._began + spotted.end_s)
            self._on_stop_word(spotted.word)

    async def _turn_ended(self, event: TurnEnded) -> list[SpeechEvent]:
        if self._fed is not None:
            end = event.start + event.utterance.shape[1] / self._spotter.rate
            if end - self._fed > BEHIND_S:
                self._fed = self._began = end - KEPT_S
                self._spotter.skip()
            at = round((self._fed - event.start) * self._spotter.rate)
            self._take(await self._spotter.finish(event.utterance[:, max(0, at) :]))
        passing, stop_word = self._passing, self._stop_word
        self._forget_turn()
        self._last = (passing, stop_word)
        if passing:
            return [event]
        if stop_word is None:
            return []
        if not stop_word.told and event.time - stop_word.end < QUESTION_S:
            self._awake_until = self._listener.segmenter.received_s + self._follow_up
            return []
        beginning = [] if stop_word.told else [SpeechStarted(stop_word.end)]
        return [*beginning, _after(event, stop_word.end, self._spotter.rate)]

    def _sleep_if_due(self) -> None:
        segmenter = self._listener.segmenter
        if (
            self._awake_until is not None
            and not segmenter.speaking
            and segmenter.received_s > self._awake_until
        ):
            self._awake_until = None
            self._on_sleep()


def _after(event: TurnEnded, time: float, rate: int) -> TurnEnded:
    """Return ``event`` without what was said before ``time``."""
    utterance = event.utterance[:, max(0, round((time - event.start) * rate)) :]
    speech = max(0.0, min(event.speech_s, event.time - time))
    return replace(event, utterance=utterance, speech_s=speech, start=max(time, event.start))
