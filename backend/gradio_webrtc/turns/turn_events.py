"""What happens in a conversation, as whoever observes it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.speech_events import SpeechDropped, SpeechStarted, TurnEnded
from gradio_webrtc.turns.replies.current_reply import Reply


@dataclass(frozen=True)
class EndOfTurnJudged:
    """The turn detector was asked about the turn that ended last.

    Attributes:
        finished: whether the person has finished; ``None``: the detector did not decide.
    """

    finished: bool | None


@dataclass(frozen=True)
class ReplySpeculated:
    """The author's function is called during a pause that may be the end of the turn.

    ``ReplyStarted`` follows if it is, and ``ReplyForgotten`` if not.

    Attributes:
        reply: what it makes, and what those two events are about.
        utterance: what it replies to, int16 ``(channels, samples)``.
    """

    reply: Reply
    utterance: Int16Array


@dataclass(frozen=True)
class ReplyForgotten:
    """The person went on, so nobody is to hear what the function made.

    Attributes:
        reply: that of ``ReplySpeculated``.
    """

    reply: Reply


@dataclass(frozen=True)
class ReplyStarted:
    """The author's function is called, or what it made during the pause is taken.

    Attributes:
        reply: what it makes.
        utterance: what it replies to, int16 ``(channels, samples)``; no samples: to nothing said.
    """

    reply: Reply
    utterance: Int16Array


@dataclass(frozen=True)
class ReplySounded:
    """The reply has its first audio; while it is held nobody hears that."""


@dataclass(frozen=True)
class ReplyHeld:
    """The reply fell silent, because somebody spoke into it."""


@dataclass(frozen=True)
class ReplyResumed:
    """The reply that was held goes on."""


@dataclass(frozen=True)
class ReplyEnded:
    """The reply has been played to its end, or was dropped.

    Attributes:
        interrupted: whether it was dropped.
    """

    interrupted: bool


TurnEvent = (
    SpeechStarted
    | TurnEnded
    | SpeechDropped
    | EndOfTurnJudged
    | ReplySpeculated
    | ReplyForgotten
    | ReplyStarted
    | ReplySounded
    | ReplyHeld
    | ReplyResumed
    | ReplyEnded
)

TurnObserver = Callable[[TurnEvent], None]
"""Is told on the session's event loop, in the order things happen, and must not raise or block."""
