"""Calls through a real server, with Twilio's protocol simulated: what both sides hear and know."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI, WebSocket

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    CloseStream,
    Reply,
    ReplyOnPause,
    Stream,
    TelephoneError,
    current_reply,
    get_current_context,
)
from gradio_webrtc.simulated_calls.call import SimulatedCall
from tests.support.phone_server import PhoneServer
from tests.support.sessions import until
from tests.support.synthetic_speech import say, silence
from tests.support.voice_client import QUESTION, tones

RATE = 8_000
SPOKEN = RATE, say(QUESTION, rate_hz=RATE)
Audio = tuple[int, np.ndarray]


def phone(fn: Any, **options: Any) -> Stream:
    return Stream(ReplyOnPause(fn, input_sample_rate=RATE), modality="audio", **options)


def loud(call: SimulatedCall) -> np.ndarray:
    """Return when each 20 ms began in which the caller heard something."""
    frames = call.audio[: call.audio.size // 160 * 160].reshape(-1, 160)
    heard = np.abs(frames.astype(int)).max(axis=1) > 1000
    return np.array(call.times[: len(heard)])[heard]


class Answers:
    """Answers each question with so many seconds of tone, and keeps the replies."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.asked: list[Audio] = []
        self.replies: list[Reply] = []

    async def __call__(self, audio: Audio) -> AsyncIterator[Audio]:
        self.asked.append(audio)
        self.replies.append(current_reply())
        for chunk in tones(self.seconds):
            yield chunk


async def test_a_question_is_answered_and_heard() -> None:
    answers = Answers(0.6)
    async with PhoneServer(phone(answers)) as server, server.call() as call:
        await call.say(SPOKEN)
        await until(lambda: bool(answers.replies) and answers.replies[0].ended)
        assert server.session(call).link.phone_mode
    ((rate, samples),) = answers.asked
    assert (rate, samples.dtype, samples.shape[0]) == (RATE, np.int16, 1)
    assert SPOKEN[1].size < samples.shape[1] < SPOKEN[1].size + 1.5 * RATE
    times = loud(call)
    assert len(times) * 0.02 == pytest.approx(0.6, abs=0.05)
    assert answers.replies[0].heard_s == pytest.approx(0.6, abs=0.005)


async def test_speaking_into_a_reply_clears_it_and_what_was_heard_is_counted() -> None:
    answers = Answers(20.0)
    latency = 0.3
    async with PhoneServer(phone(answers)) as server, server.call(latency_s=latency) as call:
        await call.say(SPOKEN)
        await until(lambda: len(loud(call)) >= 50)
        began = call.now
        await call.say((RATE, say("No, stop, that is enough now.", rate_hz=RATE)))
        await until(lambda: answers.replies[0].ended)
        clears = [event for event in call.events if event.name == "clear"]
        # All that waited at the other end is gone, although it would have played on.
        assert loud(call)[-1] <= clears[0].time + 0.3
        assert clears[0].time - began <= 5  # of twenty seconds; `make bench` measures how soon
        (reply, *_) = answers.replies
        assert reply.interrupted
        heard = len(loud(call)) * 0.02
        assert reply.heard_s == pytest.approx(heard, abs=0.1)
        sent = sum(event.name == "media" for event in call.events if event.time < clears[0].time)
        assert sent * 0.02 > heard + latency - 0.1, "more had been sent than was heard"


async def test_a_short_word_only_holds_a_reply_and_nothing_of_it_is_lost() -> None:
    answers = Answers(4.0)
    async with PhoneServer(phone(answers)) as server, server.call(latency_s=0.06) as call:
        await call.say(SPOKEN)
        await until(lambda: len(loud(call)) >= 50)
        await call.say((RATE, say("Yes.", rate_hz=RATE)))
        await until(lambda: answers.replies[0].ended)
        assert [event.name for event in call.events].count("clear") == 1
        assert not answers.replies[0].interrupted
        assert answers.replies[0].heard_s == pytest.approx(4.0, abs=0.01)
        times = loud(call)
        assert len(times) * 0.02 == pytest.approx(4.0, abs=0.1)
        assert np.diff(times).max() > 0.15, "a pause"


async def test_what_is_said_on_the_side_are_the_arguments_of_the_next_reply() -> None:
    got: list[Any] = []

    def reply(audio: Audio, history: tuple[str, ...] = ()) -> Any:
        got.append(history)
        yield RATE, np.full(RATE // 5, 3000, np.int16)
        yield AdditionalOutputs((*history, f"turn {len(got)}"))

    async with PhoneServer(phone(reply)) as server, server.call() as call:
        for turn in range(1, 3):
            await call.say(SPOKEN)
            await until(lambda turn=turn: len(got) == turn)
            await call.say((RATE, silence(0.6, RATE)))
    assert got == [(), ("turn 1",)]


class Menu(AsyncStreamHandler):
    """Says what key was pressed, as sound of that level; hangs up at ``#``."""

    made: list[Menu]

    def __init__(self, made: list[Menu]) -> None:
        super().__init__(input_sample_rate=16_000)
        self.made = made
        self.out: asyncio.Queue[Any] = asyncio.Queue()
        self.received: list[Audio] = []
        self.contexts: list[Any] = []
        self.ended = 0

    def copy(self) -> Menu:
        self.made.append(Menu(self.made))
        return self.made[-1]

    async def start_up(self) -> None:
        await self.wait_for_args()
        self.contexts.append(get_current_context())

    async def receive(self, frame: Audio) -> None:
        self.received.append(frame)

    async def emit(self) -> Any:
        return await self.out.get()

    async def on_dtmf(self, digit: str) -> None:
        if digit == "#":
            self.out.put_nowait(CloseStream("Goodbye."))
        else:
            self.out.put_nowait((24_000, np.full(12_000, 3_000 + 1_000 * int(digit), np.int16)))

    async def shutdown(self) -> None:
        self.ended += 1


def menu(**options: Any) -> tuple[Stream, list[Menu]]:
    made: list[Menu] = []
    return Stream(Menu(made), modality="audio", **options), made


async def test_keys_reach_the_handler_and_all_it_says_is_heard_before_it_hangs_up() -> None:
    stream, made = menu()
    async with PhoneServer(stream) as server, server.call(latency_s=0.2) as call:
        await call.press("15#")
        await asyncio.wait_for(call.over.wait(), 30)
        await server.empty()
    levels = [level for level in np.abs(call.audio.astype(int)) if level > 1000]
    assert len(levels) / RATE == pytest.approx(1.0, abs=0.02)
    first, second = np.median(levels[: RATE // 3]), np.median(levels[-RATE // 3 :])
    assert (first, second) == (pytest.approx(4_000, rel=0.05), pytest.approx(8_000, rel=0.05))
    (handler,) = made
    assert handler.phone_mode
    assert handler.contexts[0].webrtc_id == call.stream_sid
    call_of_handler = handler.contexts[0].websocket.state.call
    assert (call_of_handler.caller, call_of_handler.called) == ("+15550100", "+15550199")
    assert call_of_handler.call_sid == call.call_sid
    assert handler.ended == 1
    rate, samples = handler.received[0]
    assert (rate, samples.dtype, samples.ndim, samples.shape[0]) == (16_000, np.int16, 2, 1)
    heard = sum(frame[1].shape[1] for frame in handler.received)
    assert heard / 16_000 == pytest.approx(len(call.said) / RATE, abs=0.2)


async def test_a_call_ends_with_its_caller() -> None:
    stream, made = menu()
    async with PhoneServer(stream) as server:
        async with server.call() as call:
            await until(lambda: len(made) == 1 and len(made[0].received) > 3)
            session = server.session(call)
        await server.empty()
    assert session.ending is not None
    assert session.ending.reason.value == "client_closed"
    assert made[0].ended == 1


async def test_a_call_has_a_time_limit() -> None:
    stream, made = menu(time_limit=0.5)
    async with PhoneServer(stream) as server, server.call() as call:
        began = call.now
        await asyncio.wait_for(call.over.wait(), 30)
        assert 0.3 < call.now - began < 10
        await server.empty()
    assert made[0].ended == 1


async def test_a_server_that_stops_ends_its_calls() -> None:
    stream, made = menu()
    async with PhoneServer(stream) as server, server.call() as call:
        await until(lambda: len(made) == 1 and len(made[0].received) > 3)
        session = server.session(call)
        await asyncio.wait_for(server.stop(), 30)
        await asyncio.wait_for(call.over.wait(), 30)
    assert session.ending is not None
    assert session.ending.reason.value == "server_shutdown"
    assert made[0].ended == 1


async def test_a_caller_may_only_listen_or_only_be_listened_to() -> None:
    async with (
        PhoneServer(Stream(lambda: tones(0.5), mode="receive", modality="audio")) as server,
        server.call() as call,
    ):
        await asyncio.wait_for(call.over.wait(), 30)
    assert len(loud(call)) * 0.02 == pytest.approx(0.5, abs=0.05)

    stream, made = menu(mode="send")
    async with PhoneServer(stream) as server, server.call() as call:
        await call.press("5")
        await until(lambda: len(made) == 1 and len(made[0].received) > 20)
    assert not [event for event in call.events if event.name == "media"]


async def test_a_call_is_recorded(tmp_path: Any) -> None:
    stream, _ = menu(record=str(tmp_path))
    async with PhoneServer(stream) as server:
        async with server.call() as call:
            await call.say((RATE, np.full(RATE // 2, 5_000, np.int16)))
            await call.press("2#")
            await asyncio.wait_for(call.over.wait(), 30)
        await server.empty()
    (path,) = [each for each in tmp_path.iterdir() if each.suffix == ".webm"]
    assert path.stat().st_size > 1000


async def test_an_app_that_says_what_twilio_does_not_take_is_told() -> None:
    app = FastAPI()

    @app.websocket("/wrong")
    async def wrong(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()
        start = json.loads(await websocket.receive_text())
        await websocket.send_json({"event": "pong", "streamSid": start["streamSid"]})
        await websocket.receive()

    stream, _ = menu()
    async with PhoneServer(stream, app) as server:
        call = SimulatedCall(server.url.replace("http", "ws") + "/wrong")
        with pytest.raises(TelephoneError, match="pong"):
            async with call:
                await asyncio.wait_for(call.over.wait(), 30)
