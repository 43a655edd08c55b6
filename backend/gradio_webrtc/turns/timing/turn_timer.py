"""Takes the time of each turn of one conversation, from what an observer of it is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from gradio_webrtc.concurrency.background_tasks import BackgroundTasks
from gradio_webrtc.handlers.protocol import PlaybackControl
from gradio_webrtc.turns.detection.speech_events import TurnEnded
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.timing.turn_timings import TurnTimings
from gradio_webrtc.turns.turn_events import (
    ReplyEnded,
    ReplyResumed,
    ReplySounded,
    ReplySpeculated,
    ReplyStarted,
    TurnEvent,
)

TellTimings = Callable[[TurnTimings], None]
"""Is told on the session's event loop, and must not raise or block."""

TRANSCRIBED, FIRST_TOKEN = "transcribed", "first_token"
"""Marks of a reply that are fields of the timings."""


class TurnTimer:
    """A ``TurnObserver`` of one conversation. Belongs to the event loop.

    Args:
        webrtc_id: of the connection.
        playback: what is played to the person.
        rate: of the utterances, in Hz.
        clock: the seconds that marks are in, too.
        heard: is told once a reply is heard, with what is known by then.
        finished: is told when a turn is over. Every turn has an end: if need be, ``close``.
    """

    def __init__(
        self,
        webrtc_id: str,
        playback: PlaybackControl,
        rate: int,
        clock: Callable[[], float],
        heard: TellTimings,
        finished: TellTimings,
    ) -> None:
        self._webrtc_id = webrtc_id
        self._playback = playback
        self._rate = rate
        self._clock = clock
        self._heard = heard
        self._finished = finished
        self._speech_ended: float | None = None
        self._early: Reply | None = None
        """Begun before the turn had ended; it may come to nothing."""
        self._turn: _Turn | None = None
        self._waiting = BackgroundTasks("waiting for a reply to be heard")

    def __call__(self, event: TurnEvent) -> None:
        """Take the time of ``event``."""
        now = self._clock()
        if isinstance(event, TurnEnded):
            self._speech_ended = now - event.silence_s
        elif isinstance(event, ReplySpeculated):
            self._early = event.reply
        elif isinstance(event, ReplyStarted):
            self._begin(event, now)
        elif isinstance(event, ReplyResumed):
            self._speech_ended = None  # what was said is not answered
        elif self._turn is not None and isinstance(event, ReplySounded):
            self._turn.first_audio = now
        elif isinstance(event, ReplyEnded):
            self._end(now, interrupted=event.interrupted)

    def close(self) -> None:
        """The connection ends, and with it the turn that goes on. Idempotent."""
        self._end(None, interrupted=False)
        self._waiting.cancel()

    def _begin(self, event: ReplyStarted, now: float) -> None:
        self._end(now, interrupted=True)
        utterance_s = event.utterance.shape[-1] / self._rate
        speech_ended = now
        if utterance_s:  # else what ended last is not what is answered, and may still be
            speech_ended = now if self._speech_ended is None else self._speech_ended
            self._speech_ended = None
        early, self._early = event.reply is self._early, None
        self._turn = _Turn(event.reply, speech_ended, now, utterance_s, early)
        self._waiting.spawn(self._wait(self._turn, self._playback.played_s))

    async def _wait(self, turn: _Turn, before: float) -> None:
        await self._playback.until_played(before)
        if turn is self._turn and turn.reply.heard_s > 0:
            turn.first_heard = self._clock()
            self._heard(self._timings(turn))

    def _end(self, now: float | None, *, interrupted: bool) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        if turn.first_heard is None and turn.reply.heard_s > 0:
            turn.first_heard = self._clock()
        turn.ended, turn.interrupted = now, interrupted
        self._finished(self._timings(turn))

    def _timings(self, turn: _Turn) -> TurnTimings:
        return turn.timings(self._webrtc_id, time.time() - self._clock())


@dataclass
class _Turn:
    """The turn that goes on; all times by the timer's clock."""

    reply: Reply
    speech_ended: float
    decided: float
    utterance_s: float
    speculative: bool
    first_audio: float | None = None
    first_heard: float | None = None
    ended: float | None = None
    interrupted: bool = False

    def timings(self, webrtc_id: str, epoch: float) -> TurnTimings:
        """Return what is known so far; ``epoch`` is the wall time at which the clock was 0."""
        marks = {name: moment - self.speech_ended for name, moment in self.reply.marks.items()}
        transcribed, token = marks.pop(TRANSCRIBED, None), marks.pop(FIRST_TOKEN, None)
        audio = self._since(self.first_audio)
        return TurnTimings(
            webrtc_id,
            speech_ended_at=epoch + self.speech_ended,
            spoken=self.utterance_s > 0,
            utterance_s=self.utterance_s,
            decided_s=self.decided - self.speech_ended,
            transcribed_s=transcribed,
            first_token_s=min((at for at in (token, audio) if at is not None), default=None),
            first_audio_s=audio,
            first_heard_s=self._since(self.first_heard),
            ended_s=self._since(self.ended),
            interrupted=self.interrupted,
            speculative=self.speculative,
            marks=marks,
        )

    def _since(self, moment: float | None) -> float | None:
        return None if moment is None else moment - self.speech_ended
