"""Beginning the conversation of one connection, with a handler's settings."""

from __future__ import annotations

import asyncio
from contextvars import copy_context
from typing import Any

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.handlers.protocol import Layout
from gradio_webrtc.turns.conversation import Conversation, Submitted
from gradio_webrtc.turns.custom_pause import CustomPauseListener
from gradio_webrtc.turns.detection.listener import Listener
from gradio_webrtc.turns.end_of_turn.question import EndOfTurnQuestion
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector
from gradio_webrtc.turns.interruption.choice import understanding_of
from gradio_webrtc.turns.interruption.listening_in import ListeningIn
from gradio_webrtc.turns.options import InterruptionOptions
from gradio_webrtc.turns.published_hooks import utterance_of
from gradio_webrtc.turns.reply_making import ReplyMaking
from gradio_webrtc.turns.speculation.early_replies import EarlyReplies
from gradio_webrtc.turns.speculation.options import SpeculationOptions
from gradio_webrtc.turns.timing.turn_calls import OnTurn
from gradio_webrtc.turns.timing.turn_recorder import TurnRecorder
from gradio_webrtc.turns.turn_events import TurnObserver
from gradio_webrtc.turns.turn_listener import TurnListener
from gradio_webrtc.turns.turn_machine import TurnMachine


class ConversationMaking(ReplyMaking):
    """A part of ``ReplyOnPause``."""

    can_interrupt: bool
    expected_layout: Layout
    interruption: InterruptionOptions
    longest_pause_s: float
    on_turn: OnTurn | None
    turn_deadline_s: float
    turn_detector: TurnDetector | None
    turn_threshold: float
    _conversation: Conversation | None
    _resetting: asyncio.Task[Any] | None
    _turn_recorder: TurnRecorder | None
    _speculation: SpeculationOptions | None
    _undecided_pause_s: float

    # -- steps a subclass may replace ----------------------------------------------------------

    def _make_turn_listener(self) -> TurnListener:
        """Return what finds the turns of this connection."""
        if self._overrides(*self._steps):
            return CustomPauseListener(self, 2 if self.expected_layout == "stereo" else 1)
        return self._make_listener()

    def _make_listener(self) -> Listener:
        """Return a listener with this handler's settings, which hurries while a reply goes on."""
        return Listener(
            self.input_sample_rate,
            2 if self.expected_layout == "stereo" else 1,
            self.algo_options,
            self.model_options,
            self.model,
            hurry=self._replying,
        )

    def _turn_listener(self) -> TurnListener:
        """Return what finds them, with or without a button of the person's."""
        return self._make_turn_listener()

    def _turn_observers(self) -> list[TurnObserver]:
        """Return who is told what happens in the conversation of this connection."""
        self._turn_recorder = TurnRecorder(self._link, self.input_sample_rate, self.on_turn)
        return [self._turn_recorder]

    # -- the conversation ----------------------------------------------------------------------

    def _converse(self) -> Conversation:
        """Return the conversation of this connection; it begins with the first call."""
        if self._conversation is None:
            self._context = copy_context()
            listening_in = self._make_listening_in()
            machine = TurnMachine(
                self.interruption,
                can_interrupt=self.can_interrupt,
                has_turn_detector=self.turn_detector is not None,
                understands=listening_in is not None,
            )
            self._conversation = Conversation(
                self._link.client,
                self._link.playback,
                machine,
                self._turn_listener(),
                2 if self.expected_layout == "stereo" else 1,
                self._make_reply,
                self._make_early_replies(),
                self.longest_pause_s,
                self._reply_ended,
                self._undecided_pause_s,
                self._turn_observers(),
                listening_in,
            )
            self._conversation.open(None if self._greeting is None else self._make_greeting)
        return self._conversation

    def _replying(self) -> bool:
        return self._conversation is not None and self._conversation.replying

    def _trigger(self, submitted: Submitted | None) -> None:
        if self._webrtc.link is None:
            return  # the session ended meanwhile
        # What a receive() of the author's own has gathered by process_audio().
        noted = utterance_of(self.state)
        self._converse().trigger(submitted, noted)
        if noted is not None:
            self.state = self.state.new()

    def _reply_ended(self) -> None:
        """The reply has been played."""
        self.event.clear()
        if self._overrides("reset"):
            self._resetting = asyncio.ensure_future(call(self.reset, worker=POOLED))
            self._resetting.add_done_callback(self._reset_done)

    def _reset_done(self, done: asyncio.Future[Any]) -> None:
        error = failure_of(done, f"{type(self).__name__}.reset")
        if isinstance(error, Exception):
            self._converse().replies.fail(error)

    def _make_listening_in(self) -> ListeningIn | None:
        understanding = understanding_of(self.interruption) if self.can_interrupt else None
        if understanding is None:
            return None
        stt, judge = understanding.stt, understanding.judge
        return ListeningIn(stt, judge, self.input_sample_rate, copy_context())

    def _make_early_replies(self) -> EarlyReplies:
        question = None
        if self.turn_detector is not None:
            threshold, deadline = self.turn_threshold, self.turn_deadline_s
            question = EndOfTurnQuestion(self.turn_detector, threshold, deadline)
            question.prepare()
        rate, make = self.input_sample_rate, self._make_early_reply
        return EarlyReplies(self._speculation, rate, make, question)
