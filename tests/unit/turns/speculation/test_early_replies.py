"""What is begun early, in real time where threads take part."""

from __future__ import annotations

import asyncio
import threading
from contextvars import copy_context
from functools import partial
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import Reply
from gradio_webrtc.turns.detection.speech_events import Pause, TurnEnded
from gradio_webrtc.turns.end_of_turn.question import EndOfTurnQuestion
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.speculation.early_replies import EarlyReplies
from gradio_webrtc.turns.speculation.early_reply import EarlyReply
from gradio_webrtc.turns.speculation.options import SpeculationOptions
from gradio_webrtc.turns.turn_events import ReplyForgotten, ReplySpeculated, TurnEvent
from tests.support.sessions import until

SOUND = (48_000, np.ones((1, 480), np.int16))
SAID = np.ones((1, 160), np.int16)


class Hang:
    """A detector that answers when it may."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.asked = 0

    def finished(self, utterance: Any) -> float:
        self.asked += 1
        self.gate.wait(30)
        return 1.0


class Begun:
    """Early replies, with what was made, dropped and told."""

    def __init__(self, detector: Any = None, deadline_s: float = 30.0) -> None:
        self.made: list[EarlyReply] = []
        self.retired: list[RunningReply] = []
        self.told: list[TurnEvent] = []
        question = None
        if detector is not None:
            question = EndOfTurnQuestion(detector, 0.5, deadline_s)
        self.early = EarlyReplies(SpeculationOptions(), 16_000, self.make, question)
        self.early.open(self.retired.append, self.told.append)

    def make(self, said: Any) -> EarlyReply:
        async def arguments() -> list[Any]:
            return [said]

        reply = Reply(lambda: 0.0, speculative=True)
        made = EarlyReply(lambda audio: SOUND, arguments, "fn", reply, copy_context(), lambda: None)
        self.made.append(made)
        return made

    async def aclose(self) -> None:
        await self.early.aclose()
        for reply in self.made:
            await reply.aclose()


def turn(time: float) -> TurnEnded:
    return TurnEnded(SAID, 1.0, time)


def pause(since: float, seconds: float = 0.2) -> Pause:
    return Pause(since, seconds, False, partial(turn, since))


async def test_a_detector_that_hangs_leaves_it_to_silence_and_the_reply_is_begun() -> None:
    detector = Hang()
    begun = Begun(detector, deadline_s=0.05)
    begun.early.heard(pause(1.0), allowed=True)
    assert begun.made == []
    await until(lambda: begun.made)
    assert await begun.early.finished(turn(1.0)) is None
    assert begun.early.adopt() is begun.made[0]
    assert detector.asked == 1
    detector.gate.set()
    await begun.aclose()


async def test_a_judgement_that_comes_when_more_was_said_begins_nothing() -> None:
    detector = Hang()
    begun = Begun(detector)
    begun.early.heard(pause(1.0), allowed=True)
    await until(lambda: detector.asked)
    begun.early.heard(pause(2.0, 0.0), allowed=True)
    detector.gate.set()
    assert await begun.early.finished(turn(2.0)) is True
    assert begun.made == []
    assert begun.told == []
    await begun.aclose()


async def test_a_reply_that_is_asked_for_while_the_judgement_is_awaited_cancels_nobody() -> None:
    detector = Hang()
    begun = Begun(detector)
    begun.early.heard(pause(1.0), allowed=True)
    await until(lambda: detector.asked)
    waiting = asyncio.ensure_future(begun.early.finished(turn(1.0)))
    await asyncio.sleep(0)
    assert begun.early.adopt() is None
    detector.gate.set()
    assert await waiting is True
    assert begun.made == []
    await begun.aclose()


async def test_the_end_of_the_session_stops_the_question() -> None:
    detector = Hang()
    begun = Begun(detector)
    begun.early.heard(pause(1.0), allowed=True)
    await until(lambda: detector.asked)
    closing = asyncio.ensure_future(begun.aclose())
    await asyncio.sleep(0.05)
    detector.gate.set()
    await closing
    assert begun.made == []


@pytest.mark.parametrize("since", [2.0, None])
async def test_what_was_begun_is_forgotten_when_its_pause_is_over(since: float | None) -> None:
    begun = Begun()
    begun.early.heard(pause(1.0), allowed=True)
    begun.early.heard(pause(1.0, 0.4), allowed=True)
    (made,) = begun.made
    begun.early.heard(None if since is None else pause(since, 0.0), allowed=True)
    assert begun.retired == [made]
    assert made.reply.interrupted
    assert begun.early.adopt() is None
    assert begun.told == [ReplySpeculated(made.reply, SAID), ReplyForgotten(made.reply)]
    await begun.aclose()


async def test_nothing_is_begun_when_it_is_not_allowed() -> None:
    begun = Begun()
    begun.early.heard(pause(1.0), allowed=False)
    assert begun.made == []
    begun.early.heard(pause(1.0, 0.3), allowed=True)
    assert len(begun.made) == 1
    await begun.aclose()
