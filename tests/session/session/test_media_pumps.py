"""What flows through a session: in order, bounded, and with back-pressure."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any, cast

import numpy as np
import pytest

from gradio_webrtc.errors import WebRTCError
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.server.output_mailbox import OUTPUT_CAPACITY
from gradio_webrtc.session.media_pumps import AUDIO_BACKLOG
from gradio_webrtc.session.state import SessionState
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import marked, open_session, outputs_of, settle, silence, until

pytestmark = pytest.mark.looptime


async def test_sound_arrives_in_order_at_the_rate_and_layout_asked_for() -> None:
    handler = ScriptedHandler(audio_format=AudioFormat(sample_rate=16_000, layout="stereo"))
    bench = await open_session(handler)
    for value in range(50):
        bench.session.on_audio(marked(value * 100))
        await settle()
    await bench.session.aclose()
    assert {kind for kind, _ in handler.received} == {"audio"}
    assert {frame[0] for _, frame in handler.received} == {16_000}
    heard = np.concatenate([frame[1] for _, frame in handler.received], axis=1)
    assert heard.dtype == np.int16
    assert heard.shape[0] == 2
    assert heard.shape[1] == pytest.approx(50 * 320, abs=100)
    steps = heard[0, 160::320].astype(int)
    assert np.all(np.diff(steps) > 50)


async def test_the_backlog_of_a_slow_handler_is_bounded_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    handler = ScriptedHandler()
    allowed = asyncio.Event()

    async def slow(kind: str, frame: object) -> None:
        await allowed.wait()

    handler.on_receive = slow
    bench = await open_session(handler)
    bench.session.on_audio(marked(0))
    await settle()
    for value in range(1, AUDIO_BACKLOG + 101):
        bench.session.on_audio(marked(value))
    allowed.set()
    await until(lambda: len(handler.received) == AUDIO_BACKLOG + 1)
    await settle()
    values = [int(frame[1][0, 0]) for _, frame in handler.received]
    # The one being worked on, then the newest ten seconds: the hundred after the first are lost.
    assert values == [0, *range(101, AUDIO_BACKLOG + 101)]
    await bench.session.aclose()
    assert "dropped 100 audio chunks and 0 video frames" in caplog.text


async def test_a_slow_handler_gets_the_newest_picture_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    handler = ScriptedHandler()

    async def slow(kind: str, frame: object) -> None:
        await asyncio.sleep(0.1)

    handler.on_receive = slow
    bench = await open_session(handler)
    for number in range(100):
        bench.session.on_video(cast(Any, number))
        await asyncio.sleep(0.01)
    await asyncio.sleep(1)
    pictures = [frame for _, frame in handler.received]
    assert pictures[-1] == 99
    assert 10 <= len(pictures) <= 12
    # Each was the newest at the moment the handler was free again.
    assert all(8 <= later - earlier <= 12 for earlier, later in itertools.pairwise(pictures[1:-1]))
    await bench.session.aclose()
    assert f"{100 - len(pictures)} video frames" in caplog.text


async def test_a_handler_that_wants_every_picture_gets_those_that_come_at_once() -> None:
    """A decoder that catches up gives several before anybody else has a turn."""
    handler = ScriptedHandler()
    handler.video_backlog = 30
    bench = await open_session(handler)
    for number in range(20):
        bench.session.on_video(cast(Any, number))
    await until(lambda: len(handler.received) == 20)
    assert [frame for _, frame in handler.received] == list(range(20))
    await bench.session.aclose()


async def test_what_the_handler_does_not_receive_is_not_kept() -> None:
    bench = await open_session(ScriptedHandler(receives=()))
    for _ in range(2 * AUDIO_BACKLOG):
        bench.session.on_audio(silence())
        bench.session.on_video(cast(Any, object()))
    await bench.session.aclose()
    assert bench.handler.received == []


async def test_back_pressure_stops_the_handlers_emit() -> None:
    bench = await open_session()
    bench.transport.room.clear()
    bench.handler.say(*range(100))
    await asyncio.sleep(60)
    # One value waits for room; the next is not asked for before that has gone.
    assert bench.handler.emits_taken == 1
    bench.transport.room.set()
    await settle()
    await settle()
    await settle()
    assert [media for _, media in bench.transport.played] == list(range(100))
    await bench.session.aclose()


async def test_input_goes_on_while_output_is_held_back() -> None:
    bench = await open_session()
    bench.transport.room.clear()
    bench.handler.say("frame")
    for _ in range(20):
        bench.session.on_audio(silence())
    await settle()
    assert len(bench.handler.received) == 20
    await bench.session.aclose()


async def test_additional_outputs_are_kept_in_order_and_announced() -> None:
    bench = await open_session()
    bench.handler.say(AdditionalOutputs(1), ("frame", AdditionalOutputs(2)), AdditionalOutputs(3))
    await settle()
    assert bench.transport.played == [("audio", "frame")]
    assert len(bench.transport.sent("fetch_output")) == 3
    await bench.session.aclose()
    assert [outputs.args async for outputs in bench.session.outputs.read()] == [(1,), (2,), (3,)]


async def test_unread_outputs_are_bounded() -> None:
    bench = await open_session()
    bench.handler.say(*(AdditionalOutputs(n) for n in range(OUTPUT_CAPACITY + 5)))
    await until(lambda: len(bench.transport.sent("fetch_output")) == OUTPUT_CAPACITY + 5)
    assert bench.session.outputs.dropped == 5
    assert len(outputs_of(bench.session)) == OUTPUT_CAPACITY
    await bench.session.aclose()


async def test_input_that_ends_does_not_end_the_session() -> None:
    bench = await open_session()
    bench.session.on_audio(silence())
    bench.session.on_input_ended("audio")
    bench.session.on_input_ended("video")
    bench.session.on_audio(silence())
    await settle()
    assert len(bench.handler.received) == 1
    bench.handler.say("still talking")
    await settle()
    assert bench.session.state is SessionState.OPEN
    assert bench.transport.played == [("audio", "still talking")]
    await bench.session.aclose()


async def test_a_conversation_of_forty_seconds_takes_milliseconds() -> None:
    """Four questions of four seconds, each answered for five seconds after one of thought."""
    started = time.monotonic()
    handler = ScriptedHandler()
    heard = 0

    async def think(kind: str, frame: object) -> None:
        nonlocal heard
        heard += 1
        if heard % 200 == 0:
            await asyncio.sleep(1)
            handler.say(*[f"answer {heard // 200}"] * 250)

    handler.on_receive = think
    bench = await open_session(handler)
    pace = bench.transport.play_audio

    async def paced(audio: EmittedAudio) -> None:
        await asyncio.sleep(0.02)
        await pace(audio)

    bench.transport.play_audio = paced  # type: ignore[method-assign]
    for _ in range(4):
        for _ in range(200):
            bench.session.on_audio(silence())
            await asyncio.sleep(0.02)
        await asyncio.sleep(6)
    bench.handler.say(CloseStream("Goodbye."))
    await until(lambda: bench.session.state is SessionState.CLOSED)
    assert asyncio.get_running_loop().time() == pytest.approx(40, abs=1.5)
    assert [media for _, media in bench.transport.played] == [
        f"answer {number}" for number in (1, 2, 3, 4) for _ in range(250)
    ]
    assert bench.session.ending is not None
    assert bench.session.ending.text == "Goodbye."
    assert time.monotonic() - started < 20


async def test_audio_that_arrives_before_the_handler_is_ready_is_not_lost() -> None:
    handler = ScriptedHandler()
    ready = asyncio.Event()

    async def slow_start(_: object) -> None:
        await ready.wait()

    handler.on_start = slow_start
    bench = await open_session(handler)
    for value in range(10):
        bench.session.on_audio(marked(value))
    await settle()
    assert handler.received == []
    ready.set()
    await settle()
    assert [int(frame[1][0, 0]) for _, frame in handler.received] == list(range(10))
    await bench.session.aclose()


async def test_the_copys_own_audio_format_counts() -> None:
    """A handler's per-connection copy may want another rate than the one it was made from."""
    handler = ScriptedHandler()

    async def change(_: object) -> None:
        handler.audio_format = AudioFormat(sample_rate=8_000)

    handler.on_start = change
    bench = await open_session(handler)
    for _ in range(10):
        bench.session.on_audio(silence())
    await settle()
    assert {frame[0] for _, frame in handler.received} == {8_000}
    await bench.session.aclose()


async def test_a_handler_error_does_not_wait_for_back_pressure() -> None:
    handler = ScriptedHandler(emits=("audio", "video"))
    bench = await open_session(handler)
    bench.transport.room.clear()
    handler.say("stuck")
    handler.say(WebRTCError("no camera"), kind="video")
    await until(lambda: bench.session.state is SessionState.CLOSED, 1)
    assert bench.transport.played == []


async def test_what_came_at_once_may_be_played_that_much_later() -> None:
    bench = await open_session(ScriptedHandler())
    for _ in range(20):
        bench.session.on_audio(marked(1))
        await asyncio.sleep(0.02)
    assert bench.transport.backlog == 0.0
    for _ in range(40):
        bench.session.on_audio(marked(1))
    await settle()
    assert bench.transport.backlog == pytest.approx(0.8, abs=0.05)
    await bench.session.aclose()


async def test_what_waits_behind_a_packet_that_is_too_old_is_dropped_with_it() -> None:
    bench = await open_session(ScriptedHandler())
    for value in range(30):
        bench.session.on_audio(marked(value))
    bench.session.losses.drop_stale_audio()
    assert bench.session.losses.by_kind()["audio"] == 31
    await bench.session.aclose()
