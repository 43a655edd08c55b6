"""Whose turn it is, decided without a clock or an event loop: events in, what to do out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from gradio_webrtc.handlers.protocol import TurnLog
from gradio_webrtc.turns.interruption.interjection import Interjection
from gradio_webrtc.turns.options import InterruptionOptions

CONTINUED_S = 0.5
"""Speech that begins within this long after a turn that was cut off at its longest goes on with
what was said; it is not spoken into the reply."""


class Do(Enum):
    """What the machine wants done, in the order it says."""

    HOLD = auto()
    """Silence the reply, and keep what is queued of it."""
    RELEASE = auto()
    """Let the reply go on where it stopped."""
    DROP_REPLY = auto()
    """Close the reply, and drop what is queued of it; nothing is held any more."""
    ASK_TURN_DETECTOR = auto()
    """Ask the turn detector, and call ``end_of_turn_decided`` with what it said."""
    RESUME_TURN = auto()
    """The turn that ended goes on."""
    ANSWER = auto()
    """Begin the reply to what was said."""
    FORGET = auto()
    """Forget what was heard: listen afresh."""


@dataclass(frozen=True)
class Tell:
    """Tell the client of an event."""

    event: TurnLog


Action = Do | Tell


class ReplyPhase(Enum):
    """How far a reply is."""

    NONE = auto()
    """There is none, or the last one has been played."""
    THINKING = auto()
    """It has been called and has no audio yet."""
    SOUNDING = auto()
    """It has audio, and has not been played to its end."""


class TurnMachine:
    """The turns of one conversation. Pure; not thread-safe.

    Args:
        interruption: what cuts a reply.
        can_interrupt: whether anything does. If not, the owner must not pass on speech while
            ``ignores_speech``.
        has_turn_detector: whether there is a turn detector to be asked at each pause.
        understands: whether words decide about interruptions, see ``understood``.

    Attributes:
        phase: of the reply.
        speaking: whether somebody's turn goes on.
        held: whether the reply is held, because somebody spoke into it.
        interjection: what is being said into it, or was said last.
    """

    def __init__(
        self,
        interruption: InterruptionOptions,
        *,
        can_interrupt: bool = True,
        has_turn_detector: bool = False,
        understands: bool = False,
    ) -> None:
        self._needed = interruption.min_speech_s if interruption.resume else 0.0
        self._can_interrupt = can_interrupt
        self._has_turn_detector = has_turn_detector
        self._understands = understands
        self.interjection = Interjection(self._needed, understands=understands)
        self._passed_over = False
        """Whether what was said last was no interruption, so that its reply goes on."""
        self.phase = ReplyPhase.NONE
        self.speaking = False
        self.held = False
        self._end_of_turn_pending = False
        self._continuing = False
        self._cut_off_at: float | None = None

    @property
    def ignores_speech(self) -> bool:
        """Whether speech is ignored now: a reply goes on that nobody may interrupt."""
        return not self._can_interrupt and self.phase is not ReplyPhase.NONE

    @property
    def silent(self) -> bool:
        """Whether nobody speaks, no reply goes on, and none is about to."""
        waits = self.speaking or self._end_of_turn_pending
        return self.phase is ReplyPhase.NONE and not waits

    @property
    def end_of_turn_pending(self) -> bool:
        """Whether the turn detector is asked about the turn that ended last."""
        return self._end_of_turn_pending

    # -- the person --------------------------------------------------------------------------

    def speech_started(self, time: float) -> list[Action]:
        """Somebody began to speak at ``time``, in seconds of audio."""
        if self.ignores_speech:
            return []
        self.speaking = True
        cut_off_at, self._cut_off_at = self._cut_off_at, None
        self._continuing = cut_off_at is not None and time - cut_off_at < CONTINUED_S
        told: list[Action] = [Tell("started_talking")]
        if self.phase is ReplyPhase.NONE:
            return told
        if self._continuing:
            return []
        self.held, self._passed_over = True, False
        self.interjection = Interjection(self._needed, understands=self._understands)
        return [Do.HOLD, *told, *self.speech_goes_on(0.0)]

    def speech_goes_on(self, speech_s: float) -> list[Action]:
        """The turn holds ``speech_s`` seconds of speech by now."""
        return self._interrupt() if self.held and self.interjection.interrupts(speech_s) else []

    def understood(self, interjection: Interjection, ends: bool | None) -> list[Action]:
        """Words of an interjection were recognised: whether they end the reply, if they say."""
        interjection.understood(ends)
        if not ends or interjection is not self.interjection:
            return []
        if self.held:
            return self._interrupt()
        if not self._passed_over:
            return []
        # The recogniser was slower than the pause, and the reply went on meanwhile.
        return [*self._interrupt(), *([] if self.speaking else self._answer())]

    def turn_ended(
        self, speech_s: float, time: float, *, paused: bool, final: bool = False
    ) -> list[Action]:
        """The turn ended with a pause, or was cut off.

        Args:
            speech_s: seconds of speech in it.
            time: when its last speech ended, in seconds of audio.
            paused: whether there was a pause.
            final: whether it is certain that they have finished.
        """
        if self.ignores_speech:
            return []
        if self.held and not self.interjection.interrupts(speech_s, over=True):
            return self._resume_reply()
        actions = self._interrupt()
        if not paused:
            self._cut_off_at = time
        elif self._has_turn_detector and not final:
            self._end_of_turn_pending = True
            return [*actions, Do.ASK_TURN_DETECTOR]
        return [*actions, *self._answer()]

    def speech_dropped(self) -> list[Action]:
        """What they began to say is no turn."""
        if self.ignores_speech or not self.speaking:
            return []
        if self.held:
            return self._resume_reply()
        self.speaking = False
        return [Tell("listening")] if self.phase is ReplyPhase.NONE else []

    def end_of_turn_decided(self, finished: bool) -> list[Action]:
        """The turn detector said whether the person has finished."""
        if not self._end_of_turn_pending:  # the turn was ended otherwise meanwhile
            return []
        self._end_of_turn_pending = False
        # A reply to nobody may have begun while the detector was asked.
        return [*self._interrupt(), *self._answer()] if finished else [Do.RESUME_TURN]

    def triggered(self, time: float | None) -> list[Action]:
        """A reply is wanted now, to whatever was said up to ``time``.

        Raises:
            RuntimeError: while ``ignores_speech``; it has to wait for the reply to end.
        """
        if self.ignores_speech:
            raise RuntimeError("A reply that cannot be interrupted is going on.")
        self._cut_off_at = time
        return [*self._interrupt(), *self._answer()]

    def hushed(self) -> list[Action]:
        """The app ends the reply that goes on; nobody spoke into it."""
        actions = self._interrupt()
        if not actions:
            return []
        return [*actions, Tell("started_talking" if self.speaking else "listening")]

    def cut_off(self) -> list[Action]:
        """The reply is to end now, whatever was said: a stop word was heard."""
        return [] if self.ignores_speech else self._interrupt()

    # -- the reply ---------------------------------------------------------------------------

    def reply_began(self) -> None:
        """A reply to nobody began, such as the one at the start of a connection."""
        self.phase = ReplyPhase.THINKING

    def reply_sounded(self) -> list[Action]:
        """The reply has its first audio."""
        self.phase = ReplyPhase.SOUNDING
        # While it is held nobody hears that; the client is told when it goes on.
        return [] if self.held else [Tell("response_starting")]

    def reply_ended(self) -> list[Action]:
        """The reply has been played to its end."""
        silent = self.phase is ReplyPhase.THINKING
        self.phase = ReplyPhase.NONE
        self._passed_over = False
        actions: list[Action] = []
        if self.held:
            self.held = False
            actions.append(Do.RELEASE)
        if silent:
            actions.append(Tell("response_starting"))
        actions.append(Tell("response_ended"))
        if self.speaking:
            actions.append(Tell("started_talking"))
        return actions if self._can_interrupt else [*actions, Do.FORGET]

    # -- decisions ---------------------------------------------------------------------------

    def _answer(self) -> list[Action]:
        self.speaking = self._end_of_turn_pending = self._continuing = False
        self.phase = ReplyPhase.THINKING
        return [Tell("pause_detected"), Do.ANSWER]

    def _interrupt(self) -> list[Action]:
        """Drop the reply, if there is one."""
        if self.phase is ReplyPhase.NONE:
            return []
        self.phase = ReplyPhase.NONE
        self.held = self._passed_over = False
        return [Do.DROP_REPLY, Tell("response_ended"), Tell("interrupted")]

    def _resume_reply(self) -> list[Action]:
        """It was no interruption: what was said is not answered, and the reply goes on."""
        self.held = self.speaking = False
        self._passed_over = True
        sounding = self.phase is ReplyPhase.SOUNDING
        return [Do.RELEASE, Tell("response_starting" if sounding else "pause_detected")]
