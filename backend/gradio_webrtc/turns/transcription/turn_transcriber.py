"""Transcribes one connection's turns while they are spoken, and when they are over."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass, field

from gradio_webrtc.concurrency.waiting import cancel_and_wait, finished_within
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.speech_events import SpeechDropped, SpeechStarted, TurnEnded
from gradio_webrtc.turns.transcription.options import PartialTranscripts
from gradio_webrtc.turns.transcription.quiet_place import CUT_AFTER_S, quiet_place
from gradio_webrtc.turns.transcription.recogniser import Recogniser
from gradio_webrtc.turns.transcription.transcript import Transcript
from gradio_webrtc.turns.transcription.transcript_receiver import TranscriptReceiver
from gradio_webrtc.turns.transcription.turn_text import TurnText
from gradio_webrtc.turns.turn_events import (
    EndOfTurnJudged,
    ReplyEnded,
    ReplyResumed,
    ReplyStarted,
    TurnEvent,
)
from gradio_webrtc.turns.turn_listener import TurnListener

REST = 2.0
"""How long nothing is recognised after a recognition, in times what that took."""
WHOLE_S = 30.0
"""Up to this long a turn that is over is recognised as one, whatever was known for good: a reply
function does the same, and a recogniser that remembers does it once."""
SHORTEST_S = 0.3
"""What is left behind a cut is recognised from this length on."""
MOST_TURNS = 4
"""How many turns may wait for a recogniser that is slower than people speak."""


@dataclass(eq=False)
class _Turn:
    """One turn.

    Attributes:
        text: what was recognised.
        over: set when it is; ``said`` is all of it then.
        said: the utterance, int16 ``(channels, samples)``; ``None``: it was forgotten.
        speech_s: seconds of speech when it was recognised last.
        told: the last transcript of it that was reported.
    """

    text: TurnText = field(default_factory=TurnText)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    said: Int16Array | None = None
    speech_s: float = 0.0
    told: Transcript | None = None


class TurnTranscriber:
    """Follows the turns of one connection. Belongs to the event loop.

    One recognition at a time, on a thread of its own, of the newest audio only. Neither the turns
    nor the replies wait for it.

    Args:
        options: the author's.
        rate: of the audio, in Hz.
        listener: returns what hears the turns.
        put_outputs: takes what the author's function has for the page.
        context: context variables that function runs with.
    """

    def __init__(
        self,
        options: PartialTranscripts,
        rate: int,
        listener: Callable[[], TurnListener],
        put_outputs: Callable[[AdditionalOutputs], None],
        context: Context,
    ) -> None:
        self._every_s = options.every_s
        self._rate = rate
        self._listener = listener
        self._context = context
        self._recogniser = Recogniser(
            options.stt, "partial transcripts", "turns and replies go on without them"
        )
        worker = self._recogniser.worker
        self._receiver = TranscriptReceiver(options.to, worker, put_outputs)
        self._turn: _Turn | None = None
        self._ended: Int16Array | None = None
        """What was said in a turn that has ended, while it may still go on."""
        self._tasks: list[asyncio.Task[None]] = []

    def prepare(self) -> None:
        """Load the recogniser, so that the first words come sooner."""
        self._recogniser.prepare(self._context.copy())

    def observe(self, event: TurnEvent) -> None:
        """Follow what happens; a ``TurnObserver``."""
        if isinstance(event, SpeechStarted):
            self._begin()
        elif isinstance(event, TurnEnded):
            self._ended = event.utterance
        elif isinstance(event, SpeechDropped):
            self._end(None)
        elif isinstance(event, EndOfTurnJudged):
            self._ended = None  # it goes on, or a reply begins
        elif isinstance(event, ReplyStarted):
            if event.utterance.size:  # else nobody asked for it, and the turn goes on
                self._begin()
                self._end(event.utterance)
        elif isinstance(event, ReplyResumed):
            if self._ended is not None:  # it was no interruption
                self._end(self._ended)
        elif event == ReplyEnded(interrupted=False) and not self._goes_on():
            self._end(None)  # what was said into it was forgotten

    async def aclose(self) -> None:
        """Stop following, and free the thread. Idempotent."""
        tasks, self._tasks, self._turn = self._tasks, [], None
        for task in tasks:
            await cancel_and_wait(task)
        await self._recogniser.aclose()

    def _goes_on(self) -> bool:
        return self._ended is not None or self._listener().speech_s > 0

    def _begin(self) -> None:
        """A turn goes on; it may be the one that is known."""
        if self._turn is not None:
            return
        before = [task for task in self._tasks if not task.done()]
        if len(before) >= MOST_TURNS:
            return
        self._turn = turn = _Turn()
        task = self._context.run(asyncio.ensure_future, self._follow(turn, before))
        self._tasks = [*before, task]

    def _end(self, said: Int16Array | None) -> None:
        """The turn that goes on, if any, is over."""
        turn, self._turn, self._ended = self._turn, None, None
        if turn is not None:
            turn.said = said
            turn.over.set()

    async def _follow(self, turn: _Turn, before: list[asyncio.Task[None]]) -> None:
        if before:
            await asyncio.wait(before)
        pause = self._every_s
        while not await finished_within(turn.over.wait(), pause):
            pause = await self._listen(turn)
        await self._conclude(turn)

    async def _listen(self, turn: _Turn) -> float:
        """Recognise what is new, if anything; return how long to rest then."""
        listener = self._listener()
        # Nobody measures the speech of who holds a button: all of that may be some.
        if math.isfinite(listener.speech_s) and listener.speech_s <= turn.speech_s:
            return self._every_s
        turn.speech_s = listener.speech_s
        began = asyncio.get_running_loop().time()
        await self._hear(turn.text, listener.turn_so_far(turn.text.position))
        said = turn.text.transcript()
        if not turn.over.is_set() and said.text and said != turn.told:
            turn.told = said
            await self._receiver.take(said)
        took = asyncio.get_running_loop().time() - began
        return max(self._every_s - took, REST * took)

    async def _hear(self, text: TurnText, samples: Int16Array) -> None:
        """Take in the audio from where the text is not known for good."""
        at = None
        if samples.shape[1] >= CUT_AFTER_S * self._rate:
            at = await self._recogniser.worker.call(quiet_place, samples, self._rate)
        if at is not None:
            known = await self._recognised(samples[:, :at])
            if known is None:
                return
            text.cut(known, text.position + at)
            samples = samples[:, at:]
            if samples.shape[1] < SHORTEST_S * self._rate:
                return
        heard = await self._recognised(samples)
        if heard is not None:
            text.heard(heard)

    async def _conclude(self, turn: _Turn) -> None:
        """Report all that was said."""
        said, text = turn.said, turn.text
        if said is not None and said.shape[1] <= WHOLE_S * self._rate:
            text = TurnText()
        known = None if said is None else await self._recognised(said[:, text.position :])
        final = turn.text.final() if known is None else text.final(known)
        if final.text or turn.told is not None:
            await self._receiver.take(final)

    async def _recognised(self, samples: Int16Array) -> str | None:
        return await self._recogniser.text_of(self._rate, samples) if samples.size else ""
