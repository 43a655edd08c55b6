"""One conversation's speculation: asks the turn detector early, begins replies, forgets them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.speech_events import Pause, TurnEnded
from gradio_webrtc.turns.end_of_turn.question import EndOfTurnQuestion
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.speculation.decision import Speculation
from gradio_webrtc.turns.speculation.early_reply import EarlyReply
from gradio_webrtc.turns.speculation.options import SpeculationOptions
from gradio_webrtc.turns.turn_events import ReplyForgotten, ReplySpeculated, TurnEvent


@dataclass
class _Attempt:
    """What was begun in one pause.

    Attributes:
        since: when the last speech before the pause ended, in seconds of audio.
        utterance: what was said up to then, int16 ``(channels, samples)``.
        judgement: what the turn detector says to it.
        awaited: whether the turn has ended, and waits for that.
        reply: what was begun, if it was.
    """

    since: float
    utterance: Int16Array
    judgement: asyncio.Task[bool | None] | None = None
    awaited: bool = False
    reply: EarlyReply | None = None


class EarlyReplies:
    """Begins at most one reply at a time before its turn has ended. Belongs to the event loop.

    If there is a turn detector it is asked first, and what it calls unfinished is not replied to.
    Its judgement is kept for the end of the turn.

    Args:
        options: when a reply is begun early; ``None``: never.
        rate: of the utterances, in Hz.
        make: begins the reply to an utterance.
        question: asks the turn detector, if there is one.
    """

    def __init__(
        self,
        options: SpeculationOptions | None,
        rate: int,
        make: Callable[[Int16Array], EarlyReply],
        question: EndOfTurnQuestion | None = None,
    ) -> None:
        self._decision = Speculation(options)
        self._rate = rate
        self._make = make
        self._question = question
        self._attempt: _Attempt | None = None

    def open(
        self, retire: Callable[[RunningReply], None], tell: Callable[[TurnEvent], None]
    ) -> None:
        """Begin: ``retire`` takes what is forgotten, ``tell`` is told what happens."""
        self._retire = retire
        self._tell = tell

    def speech_started(self) -> None:
        """Somebody began to speak."""
        self._decision.turn_began()

    def silence_left_s(self, pause: Pause | None) -> float:
        """Return after how many seconds more of silence ``heard`` does something; maybe never."""
        left = self._decision.due_in(pause)
        return math.inf if left is None else left

    def heard(self, pause: Pause | None, *, allowed: bool) -> None:
        """Audio was heard.

        Args:
            pause: in the turn that goes on, if one does.
            allowed: whether a reply may be begun now.
        """
        self.keep(None if pause is None else pause.since)
        if pause is not None and allowed and self._decision.tries(pause):
            self._try(pause.turn())

    def keep(self, since: float | None) -> None:
        """Forget what was begun, unless it was in the pause that began then."""
        if self._attempt is not None and self._attempt.since != since:
            self.forget()

    async def finished(self, ended: TurnEnded) -> bool | None:
        """Return what the turn detector says to a turn, now or already; ``None``: nothing."""
        assert self._question is not None
        attempt = self._attempt
        if attempt is not None and attempt.since == ended.time and attempt.judgement is not None:
            attempt.awaited = True
            return await asyncio.shield(attempt.judgement)
        return await self._question.finished(self._rate, ended.utterance)

    def adopt(self) -> EarlyReply | None:
        """Return the reply that was begun, if one was: its turn has ended, and it is played."""
        reply = self._take()
        if reply is not None:
            reply.adopt()
        return reply

    def forget(self) -> None:
        """Drop what was begun, unheard."""
        reply = self._take()
        if reply is not None:
            reply.forget()
            self._retire(reply)
            self._tell(ReplyForgotten(reply.reply))

    async def aclose(self) -> None:
        """Drop what was begun, and stop asking. Idempotent."""
        if self._attempt is not None:
            self._attempt.awaited = False
        self.forget()
        if self._question is not None:
            await self._question.aclose()

    def _take(self) -> EarlyReply | None:
        """Return the reply that was begun, if one was; it is no more here."""
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return None
        if attempt.judgement is not None and not attempt.awaited:
            attempt.judgement.cancel()
        return attempt.reply

    def _try(self, turn: TurnEnded) -> None:
        self._attempt = attempt = _Attempt(turn.time, turn.utterance)
        if self._question is None:
            self._begin(attempt)
            return
        asking = self._question.finished(self._rate, turn.utterance)
        attempt.judgement = asyncio.ensure_future(asking)
        attempt.judgement.add_done_callback(lambda done: self._judged(attempt, done))

    def _judged(self, attempt: _Attempt, judged: asyncio.Task[bool | None]) -> None:
        if self._attempt is attempt and not judged.cancelled() and judged.result() is not False:
            self._begin(attempt)

    def _begin(self, attempt: _Attempt) -> None:
        attempt.reply = self._make(attempt.utterance)
        self._decision.reply_began()
        self._tell(ReplySpeculated(attempt.reply.reply, attempt.utterance))
