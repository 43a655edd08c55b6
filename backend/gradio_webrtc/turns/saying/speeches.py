"""What an app says in one conversation of its own accord, as its turns allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from gradio_webrtc.handlers.saying.speaker import Sayable
from gradio_webrtc.handlers.saying.speech_handle import Outcome, SpeechHandle, SpeechResult
from gradio_webrtc.turns.detection.speech_events import SpeechStarted
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.saying.idle_prompt import IdleClock, IdlePrompt
from gradio_webrtc.turns.saying.speech_queue import Speech, SpeechQueue
from gradio_webrtc.turns.turn_events import ReplyEnded, ReplyHeld, ReplyStarted, TurnEvent


class Stage(Protocol):
    """What is needed of a conversation."""

    @property
    def quiet(self) -> bool:
        """Whether nobody speaks, no reply goes on, and none is about to."""
        ...

    @property
    def interruptible(self) -> bool:
        """Whether a reply to nobody may begin now, interrupting one that goes on."""
        ...

    def interject(self, make: Callable[[], RunningReply] | None) -> None:
        """End the reply that goes on, and begin one to nobody if there is one to begin."""
        ...


class Speeches:
    """Observes a conversation, and speaks where there is room. Belongs to the event loop.

    It looks only after something has happened, when the conversation has acted on that.

    Args:
        begin: makes the reply that says something.
        idle: what is said after a silence, if anything.

    Attributes:
        queue: what waits to be said; takes more from any thread.
    """

    def __init__(self, begin: Callable[[Speech], RunningReply], idle: IdlePrompt | None) -> None:
        self.queue = SpeechQueue()
        self._begin = begin
        self._tts = None if idle is None else idle.tts
        self._idle = None if idle is None else IdleClock(idle, self._prompt)
        self._stage: Stage | None = None
        self._looking: asyncio.Handle | None = None
        self._person_spoke = False
        self._interjecting = False
        self._saying: tuple[Speech, Reply] | None = None
        """What is being said."""
        self._next: Speech | None = None
        """What is just being begun."""

    def attach(self, stage: Stage) -> None:
        """The conversation has begun, perhaps with a greeting."""
        self._stage = stage
        self._person_spoke = False  # the greeting replies to nobody
        self.look_soon()

    def observe(self, event: TurnEvent) -> None:
        """Something happened in the conversation."""
        if isinstance(event, SpeechStarted):
            self._person_spoke = True
            if self._idle is not None:
                self._idle.heard()
        elif isinstance(event, ReplyHeld):
            self._person_spoke = False  # what they say next decides whether that was to be answered
        elif isinstance(event, ReplyStarted):
            self._reply_started(event.reply)
        elif isinstance(event, ReplyEnded):
            self._person_spoke |= event.interrupted and not self._interjecting
            self._said(whole=not event.interrupted)
        if self._idle is not None:
            self._idle.disturbed()
        self.look_soon()

    def look_soon(self) -> None:
        """See whether something may be said, once what happens now has been acted on."""
        if self._looking is None:
            self._looking = asyncio.get_running_loop().call_soon(self._look)

    def cancel(self, handle: SpeechHandle) -> None:
        """Drop something, or end it."""
        self.queue.cancel(handle)
        stage = self._stage
        mine = self._saying is not None and self._saying[0].handle is handle
        if mine and stage is not None and stage.interruptible:
            self._interjecting = True  # it is not the person who interrupts
            stage.interject(None)
            self._interjecting = False

    def close(self) -> None:
        """The session has ended. Idempotent."""
        self.queue.close()
        self._said(whole=False)
        if self._idle is not None:
            self._idle.disturbed()
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        self._looking = None
        stage = self._stage
        if stage is None:
            return
        if self._person_spoke:
            self._person_spoke = False
            self.queue.person_spoke()
        self._next = self.queue.next(quiet=stage.quiet, may_interrupt=stage.interruptible)
        if self._next is not None:
            speech = self._next
            self._interjecting = True
            stage.interject(lambda: self._begin(speech))
            self._interjecting = False
        elif self._idle is not None and stage.quiet:
            self._idle.silent()

    def _reply_started(self, reply: Reply) -> None:
        if self._next is not None:
            self._saying, self._next = (self._next, reply), None
        else:
            self._person_spoke = True  # or typed
            if self._idle is not None:
                self._idle.heard()

    def _said(self, *, whole: bool) -> None:
        """What was being said is over, played to its end or not."""
        saying, self._saying = self._saying, None
        if saying is not None:
            speech, reply = saying
            outcome: Outcome = "played" if whole else "interrupted"
            speech.handle._settle(SpeechResult(outcome, reply.heard_s))

    def _prompt(self, what: Sayable) -> None:
        handle = SpeechHandle(self.cancel)
        self.queue.put(Speech(what, "unless_spoken", self._tts, handle))
        self.look_soon()
