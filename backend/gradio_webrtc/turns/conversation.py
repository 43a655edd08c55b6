"""One connection's conversation: carries out what the turn machine decides."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradio_webrtc.handlers.protocol import ClientChannel, PlaybackControl
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.audio_watch import AudioWatch, pass_silence
from gradio_webrtc.turns.detection.speech_events import Heard, SpeechStarted, TurnEnded
from gradio_webrtc.turns.end_of_turn.patience import Patience
from gradio_webrtc.turns.interruption.interjection import Interjection
from gradio_webrtc.turns.interruption.listening_in import ListeningIn
from gradio_webrtc.turns.replies.reply_queue import ReplyQueue
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.speculation.early_replies import EarlyReplies
from gradio_webrtc.turns.turn_events import (
    EndOfTurnJudged,
    ReplyEnded,
    ReplyHeld,
    ReplyResumed,
    ReplySounded,
    ReplyStarted,
    TurnEvent,
    TurnObserver,
)
from gradio_webrtc.turns.turn_listener import TurnListener
from gradio_webrtc.turns.turn_machine import Action, Do, ReplyPhase, Tell, TurnMachine

logger = logging.getLogger(__name__)

MAX_TRIGGERS = 32
"""How many replies may be asked for while one goes on that cannot be interrupted."""

Submitted = Sequence[Any]
"""``latest_args`` of the moment somebody asked for a reply."""

MakeReply = Callable[[Int16Array, "Submitted | None"], RunningReply]
"""Begins the reply to an utterance, int16 ``(channels, samples)``."""


class Conversation:
    """Who speaks, what is answered, and what is heard of it. Belongs to the event loop.

    Args:
        client: is told how the turns go.
        playback: what is played to the person.
        machine: decides.
        turn_listener: finds the turns of the person.
        channels: of the utterances.
        make_reply: begins a reply.
        early: begins replies early, if the author wants that, and asks the turn detector.
        longest_pause_s: how long a turn that is judged unfinished waits for more speech.
        reply_played: called when a reply has been played to its end.
        undecided_pause_s: how long a turn that the detector cannot judge waits; 0: it has ended.
        observers: are told what happens.
        listening_in: recognises what is said into a reply, if words decide about that.
    """

    def __init__(
        self,
        client: ClientChannel,
        playback: PlaybackControl,
        machine: TurnMachine,
        turn_listener: TurnListener,
        channels: int,
        make_reply: MakeReply,
        early: EarlyReplies,
        longest_pause_s: float = 3.0,
        reply_played: Callable[[], None] | None = None,
        undecided_pause_s: float = 0.0,
        observers: Sequence[TurnObserver] = (),
        listening_in: ListeningIn | None = None,
    ) -> None:
        self.turn_listener = turn_listener
        self.replies = ReplyQueue(playback, self)
        self._client = client
        self._playback = playback
        self._machine = machine
        self._watch = AudioWatch(self._silence_left_s, self._fell_silent, self.replies.fail)
        self._nothing: Int16Array = np.zeros((channels, 0), np.int16)
        self._make_reply = make_reply
        self._early = early
        self._patience = Patience(longest_pause_s, undecided_pause_s)
        self._listening_in = listening_in
        self._reply_played = reply_played
        self._observers = observers
        self._said: Int16Array = self._nothing
        self._submitted: Submitted | None = None
        self._early.open(self.replies.retire, self._tell)
        self._triggers: deque[Submitted | None] = deque()
        self._carry_out: dict[Do, Callable[[], object]] = {
            Do.HOLD: self._hold,
            Do.RELEASE: self._release,
            Do.DROP_REPLY: self._drop_reply,
            Do.ASK_TURN_DETECTOR: lambda: None,  # see _turn_ended
            Do.RESUME_TURN: self._resume_turn,
            Do.FORGET: turn_listener.reset,
            Do.ANSWER: self._answer,
        }

    @property
    def replying(self) -> bool:
        """Whether a reply goes on."""
        return self._machine.phase is not ReplyPhase.NONE

    @property
    def quiet(self) -> bool:
        """Whether nobody speaks, no reply goes on, and none is about to."""
        return self._machine.silent

    @property
    def interruptible(self) -> bool:
        """Whether a reply to nobody may begin now, interrupting one that goes on."""
        return not self._machine.ignores_speech

    def interject(self, make: Callable[[], RunningReply] | None) -> None:
        """End the reply that goes on, and begin one to nobody if there is one to begin."""
        self._do(self._machine.hushed())
        if make is not None:
            self._machine.reply_began()
            self._start(make, self._nothing)

    def cut_off(self) -> None:
        """End the reply that goes on, if it may be interrupted."""
        self._do(self._machine.cut_off())

    def open(self, greeting: Callable[[], RunningReply] | None) -> None:
        """Begin, with a reply to nobody if there is one."""
        self._client.log("listening")
        self.interject(greeting)

    # -- the person --------------------------------------------------------------------------

    async def hear(self, frame: tuple[int, Int16Array]) -> None:
        """Act on the next audio of the person, ``(rate in Hz, int16 (channels, samples))``.

        When it stops coming, the time that passes is the pause: a turn ends, a reply that is held
        goes on, and whoever waits for more waits no longer.
        """
        seconds = frame[1].shape[-1] / frame[0]
        async with self._watch.taking(seconds):
            if not self._machine.ignores_speech:
                await self._heard(await self.turn_listener.hear(frame), seconds)

    async def _fell_silent(self, seconds: float) -> None:
        async def absent(step: float) -> None:
            await self._heard(await self.turn_listener.absent(step), step)

        await pass_silence(seconds, self._silence_left_s, absent)

    def _silence_left_s(self) -> float | None:
        """Return the seconds of silence after which something happens, ``None``: nothing does."""
        if self._machine.ignores_speech:
            return None
        left = self.turn_listener.silence_left_s
        if left is not None:
            left = min(left, self._patience.left_s)
        if left is None or self.replying:
            return left
        return min(left, self._early.silence_left_s(self.turn_listener.pause_so_far()))

    async def _heard(self, events: Sequence[Heard], seconds: float) -> None:
        """Act on what so many seconds led to."""
        for event in events:
            self._tell(event)
            if isinstance(event, SpeechStarted):
                self._early.speech_started()
                self._do(self._machine.speech_started(event.time))
            elif isinstance(event, TurnEnded):
                await self._turn_ended(event)
            else:
                self._do(self._machine.speech_dropped())
        if self._listening_in is not None and self._machine.held:
            said = self._machine.interjection
            self._listening_in.heard(said, self.turn_listener, self._understood)
        self._do(self._machine.speech_goes_on(self.turn_listener.speech_s))
        self._wait_for_more(seconds)
        self._early.heard(self.turn_listener.pause_so_far(), allowed=not self.replying)

    def trigger(self, submitted: Submitted | None, noted: Int16Array | None = None) -> None:
        """Reply now, as if there had been a pause; after the reply that cannot be interrupted.

        Args:
            submitted: what was submitted, if anything was.
            noted: what was said, if it was not this conversation that listened.
        """
        if self._machine.ignores_speech:
            if len(self._triggers) >= MAX_TRIGGERS:
                logger.warning("trigger_response() was ignored: %d wait already", MAX_TRIGGERS)
                return
            self._triggers.append(submitted)
            return
        ended = self.turn_listener.end_turn()
        waiting = self._machine.end_of_turn_pending
        if ended is not None:
            self._said = ended.utterance
            self._tell(ended)
            self._early.keep(ended.time)
        elif noted is not None:
            self._said = noted
        elif not waiting:  # else it is what the turn detector is asked about
            self._said = self._nothing
        self._submitted = submitted
        self._patience.stop()
        self._do(self._machine.triggered(None if ended is None else ended.time))

    async def _turn_ended(self, event: TurnEnded) -> None:
        self._patience.stop()
        self._said, self._submitted = event.utterance, None
        self._early.keep(event.time)
        actions = self._machine.turn_ended(
            event.speech_s, event.time, paused=event.paused, final=event.final
        )
        self._do(actions)
        if Do.ASK_TURN_DETECTOR in actions:
            finished = await self._early.finished(event)
            self._tell(EndOfTurnJudged(finished))
            self._do(self._machine.end_of_turn_decided(self._patience.judged(finished)))

    def _understood(self, interjection: Interjection, ends: bool | None) -> None:
        self._do(self._machine.understood(interjection, ends))

    def _resume_turn(self) -> None:
        self.turn_listener.resume_turn()
        self._patience.begin(self.turn_listener.speech_s)

    def _wait_for_more(self, seconds: float) -> None:
        """End a turn that was judged unfinished when nothing more is said."""
        if not self._patience.passes(seconds, self.turn_listener.speech_s):
            return
        # What was said is still what the detector was asked about, without the silence since.
        if (ended := self.turn_listener.end_turn()) is not None:
            self._do(self._machine.turn_ended(ended.speech_s, ended.time, paused=False))

    # -- the reply ---------------------------------------------------------------------------

    def reply_sounded(self) -> None:
        """The reply has its first audio."""
        self._tell(ReplySounded())
        self._do(self._machine.reply_sounded())

    def reply_ended(self) -> None:
        """The reply has been played to its end."""
        self._do(self._machine.reply_ended())
        self._tell(ReplyEnded(interrupted=False))
        if self._reply_played is not None:
            self._reply_played()
        if self._triggers and not self._machine.ignores_speech:
            self.trigger(self._triggers.popleft())

    async def aclose(self) -> None:
        """Close the replies, the detector and the threads. Idempotent."""
        try:
            await self._watch.aclose()
            await self._early.aclose()
            if self._listening_in is not None:
                await self._listening_in.aclose()
            await self.replies.aclose()
        finally:
            await self.turn_listener.aclose()

    def _do(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if isinstance(action, Tell):
                self._client.log(action.event)
            else:
                self._carry_out[action]()

    def _hold(self) -> None:
        self._playback.hold()
        self._tell(ReplyHeld())

    def _release(self) -> None:
        self._playback.release()
        self._tell(ReplyResumed())

    def _drop_reply(self) -> None:
        self.replies.drop()
        self._tell(ReplyEnded(interrupted=True))

    def _answer(self) -> None:
        said, self._said = self._said, self._nothing
        submitted, self._submitted = self._submitted, None
        early = self._early.adopt() if submitted is None else None
        self._start(lambda: early or self._make_reply(said, submitted), said)

    def _start(self, make: Callable[[], RunningReply], said: Int16Array) -> None:
        self._early.forget()
        self._tell(ReplyStarted(self.replies.start(make).reply, said))

    def _tell(self, event: TurnEvent) -> None:
        for observe in self._observers:
            observe(event)
