"""A session tells its recorder of all media, and completes it whatever ends the session."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, cast

import pytest

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from tests.support.fake_transport import FakeTransport
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import make_session, settle, silence

pytestmark = pytest.mark.looptime


class RememberingRecorder:
    """Implements ``session.recorder.Recorder``."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.closed = 0
        self.closing_takes = 0.0

    def audio_received(self, pcm: Pcm) -> None:
        self.told.append(("audio_received", pcm))

    def audio_sent(self, pcm: Pcm) -> None:
        self.told.append(("audio_sent", pcm))

    def video_received(self, picture: Any) -> None:
        self.told.append(("video_received", picture))

    def video_sent(self, frame: Any) -> None:
        self.told.append(("video_sent", frame))

    async def aclose(self) -> None:
        await asyncio.sleep(self.closing_takes)
        self.closed += 1


class RecordedBench:
    """A session that is recorded, with what is around it."""

    def __init__(self, handler: ScriptedHandler | None = None, limits: Limits | None = None):
        self.handler = handler or ScriptedHandler()
        self.recorder = RememberingRecorder()
        self.transport = FakeTransport()
        self.session = make_session(self.handler, self.transport, limits, recorder=self.recorder)
        self.session.start()

    async def open(self) -> RecordedBench:
        self.session.on_connected()
        await settle()
        return self


async def test_all_that_comes_in_is_told() -> None:
    bench = await RecordedBench().open()
    pcm, picture = silence(), cast(Any, object())
    bench.session.on_audio(pcm)
    bench.session.on_video(picture)
    assert bench.recorder.told == [
        ("audio_received", pcm),
        ("video_received", picture),
    ]
    await bench.session.aclose()


@pytest.mark.parametrize("reason", list(CloseReason))
async def test_every_reason_completes_the_recording_once(reason: CloseReason) -> None:
    bench = await RecordedBench().open()
    await bench.session.aclose(reason)
    await bench.session.aclose()
    assert bench.recorder.closed == 1


async def test_a_session_that_never_connects_completes_it_too() -> None:
    bench = RecordedBench(limits=Limits(connect=5))
    await asyncio.sleep(10)
    assert bench.session.state is SessionState.CLOSED
    assert bench.recorder.closed == 1


async def test_an_error_in_user_code_completes_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, logger="gradio_webrtc")
    handler = ScriptedHandler()
    bench = await RecordedBench(handler).open()
    handler.say(ValueError("oops"))
    await asyncio.sleep(5)
    assert bench.session.state is SessionState.CLOSED
    assert bench.recorder.closed == 1


async def test_the_end_of_the_handler_and_of_time_complete_it() -> None:
    timed = await RecordedBench(limits=Limits(time_limit=3)).open()
    await asyncio.sleep(10)
    assert timed.recorder.closed == 1


async def test_cancelling_the_owner_completes_it() -> None:
    bench = await RecordedBench().open()
    [owner] = [task for task in asyncio.all_tasks() if task.get_name() == "session-a"]
    owner.cancel()
    await asyncio.sleep(5)
    assert bench.recorder.closed == 1


async def test_it_is_completed_when_nothing_can_come_any_more() -> None:
    bench = await RecordedBench().open()
    order: list[str] = bench.transport.calls

    async def closing() -> None:
        order.append("recorded")

    bench.recorder.aclose = closing  # type: ignore[method-assign]
    bench.session.on_closed_callbacks.append(lambda _: order.append("place freed"))
    await bench.session.aclose()
    assert order[-3:] == ["aclose", "recorded", "place freed"]


async def test_a_disk_that_never_answers_does_not_keep_the_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = await RecordedBench(limits=Limits(shutdown=4)).open()
    bench.recorder.closing_takes = 1e6
    start = asyncio.get_running_loop().time()
    await bench.session.aclose()
    assert asyncio.get_running_loop().time() - start == pytest.approx(4, abs=0.1)
    assert bench.session.state is SessionState.CLOSED
    assert "completing the recording took longer than 4 s" in caplog.text
