"""When an app speaks in a conversation of which only the turns are real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from gradio_webrtc import Reply, SpeechHandle, SpeechResult, SpeechStarted
from gradio_webrtc.turns.replies.running_reply import RunningReply
from gradio_webrtc.turns.saying.speech_queue import Speech
from gradio_webrtc.turns.saying.speeches import Speeches
from gradio_webrtc.turns.turn_events import ReplyEnded, ReplyHeld, ReplyStarted


class ScriptedStage:
    """Begins what it is told to, and tells of it."""

    def __init__(self) -> None:
        self.quiet = self.interruptible = True
        self.begun = self.hushed = 0
        self.speeches = Speeches(lambda _: cast(RunningReply, None), None)

    def interject(self, make: Callable[[], RunningReply] | None) -> None:
        if make is None:
            self.hushed += 1
            return self.ends(interrupted=True)
        make()
        self.begun += 1
        self.quiet = False
        self.starts()

    def starts(self) -> None:
        self.speeches.observe(ReplyStarted(Reply(lambda: 2.0), None))  # type: ignore[arg-type]

    def ends(self, *, interrupted: bool) -> None:
        self.quiet = True
        self.speeches.observe(ReplyEnded(interrupted))

    def say(self) -> SpeechHandle:
        handle = SpeechHandle(self.speeches.cancel)
        self.speeches.queue.put(Speech("text", "unless_spoken", None, handle))
        self.speeches.look_soon()
        return handle


async def test_it_looks_once_when_everything_has_been_acted_on() -> None:
    stage = ScriptedStage()
    first, second = stage.say(), stage.say()
    await asyncio.sleep(0)
    assert not stage.begun  # the conversation has not begun
    stage.speeches.attach(stage)
    assert not stage.begun
    await asyncio.sleep(0)
    assert stage.begun == 1
    stage.ends(interrupted=False)
    assert first.result() == SpeechResult("played")
    assert stage.begun == 1
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert stage.begun == 2
    second.cancel()
    assert second.result().outcome == "interrupted"
    assert stage.hushed == 1


async def test_what_the_person_says_into_a_reply_counts_once_it_has_cut_it() -> None:
    stage = ScriptedStage()
    stage.speeches.attach(stage)
    stage.quiet = False
    stage.starts()
    await asyncio.sleep(0)
    handle = stage.say()
    stage.speeches.observe(SpeechStarted(1.0))
    stage.speeches.observe(ReplyHeld())
    await asyncio.sleep(0)
    assert not handle.ended
    stage.ends(interrupted=True)
    await asyncio.sleep(0)
    assert handle.result().reason == "spoken_first"


async def test_its_end_settles_everything() -> None:
    stage = ScriptedStage()
    stage.speeches.attach(stage)
    playing, waiting = stage.say(), stage.say()
    await asyncio.sleep(0)
    stage.speeches.close()
    stage.speeches.close()
    assert playing.result().outcome == "interrupted"
    assert waiting.result().reason == "session_ended"
    await asyncio.sleep(0)
    assert stage.begun == 1
