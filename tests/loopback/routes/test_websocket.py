"""The published websocket, through a real HTTP server, by a client that knows its documentation."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from fastapi import FastAPI, WebSocket
from websockets.exceptions import InvalidStatus

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    CloseStream,
    ReplyOnPause,
    Stream,
    StreamHandler,
    current_reply,
    get_current_context,
)
from gradio_webrtc.media.audio.opus import OpusDecoder, OpusEncoder
from tests.support.echo_handlers import EchoHandler
from tests.support.memory_socket import media
from tests.support.recordings import Recorded, decode
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence
from tests.support.uvicorn_server import AppServer
from tests.support.voice_client import QUESTION, Audio, tones
from tests.support.websocket_client import WebSocketClient


@asynccontextmanager
async def served(stream: Stream, **options: Any) -> AsyncIterator[AppServer]:
    app = FastAPI()
    stream.mount(app, "/rtc")
    async with AppServer(app, **options) as server:
        yield server


def client_of(server: AppServer, path: str = "/rtc", **options: Any) -> WebSocketClient:
    return WebSocketClient(f"ws://127.0.0.1:{server.port}{path}/websocket/offer", **options)


def tone(seconds: float, rate: int = 48_000) -> np.ndarray:
    at = np.arange(round(seconds * rate)) / rate
    return (8_000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def frequency(samples: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(float)))
    return float(spectrum.argmax() * rate / len(samples))


def only_recording(folder: Path) -> Recorded:
    [path] = folder.iterdir()
    return decode(path)


async def empty(stream: Stream) -> None:
    await until(lambda: len(stream.host.registry) == 0)


class Attentive(AsyncStreamHandler):
    """An echo that keeps what it received, and says when it was shut down."""

    received: ClassVar[list[tuple[int, np.ndarray]]] = []
    shut_down = 0

    def __init__(self) -> None:
        super().__init__(output_sample_rate=16_000, input_sample_rate=16_000)
        self.queue: asyncio.Queue[Any] = asyncio.Queue()

    async def receive(self, frame: Any) -> None:
        Attentive.received.append(frame)
        self.queue.put_nowait(frame)

    async def emit(self) -> Any:
        return await self.queue.get()

    async def shutdown(self) -> None:
        Attentive.shut_down += 1

    def copy(self) -> Attentive:
        Attentive.received = []
        Attentive.shut_down = 0
        return Attentive()


async def test_an_echo_at_the_handlers_rates_and_shutdown_at_its_end() -> None:
    stream = Stream(Attentive(), modality="audio")
    async with served(stream) as server:
        async with client_of(server, rate=16_000) as client:
            await client.start()
            await client.says(tone(1.0, 16_000))
            await until(lambda: len(client.heard) >= 16_000)
            await client.send({"event": "ping"})
            await client.message("event", "pong")
            await client.send({"event": "stop"})
            await client.over()
            assert client.socket.close_code == 1000
        await empty(stream)
    assert Attentive.shut_down == 1
    for rate, samples in Attentive.received:
        assert (rate, samples.dtype, samples.shape) == (16_000, np.int16, (1, 320))
    assert frequency(client.heard[1_600:14_400], 16_000) == pytest.approx(440, abs=2)
    assert {each.get("event", each.get("type")) for each in client.messages} == {"pong"}


async def test_opus_and_sixteen_bits_for_clients_that_ask() -> None:
    stream = Stream(EchoHandler(), modality="audio")
    async with served(stream) as server, client_of(server) as client:
        await client.start(format={"input": "opus", "output": "opus"})
        assert (await client.message("event", "started"))["format"] == {
            "input": {"encoding": "opus", "sample_rate": 48_000},
            "output": {"encoding": "opus", "sample_rate": 48_000},
        }
        encoder, decoder = OpusEncoder(), OpusDecoder()
        came: list[bytes] = []
        sound = tone(1.0)
        reading = client._reading
        reading.cancel()
        await asyncio.wait([reading])
        for start in range(0, 48_000, 960):
            packet = encoder.encode(sound[np.newaxis, start : start + 960], start)
            await client.send(media(bytes(packet)))
            if start >= 9_600:
                message = json.loads(await client.socket.recv())
                came.append(message["media"]["payload"])
        client._reading = asyncio.ensure_future(asyncio.sleep(0))
    heard = np.concatenate([decoder.decode(base64.b64decode(each))[0] for each in came])
    assert frequency(heard[9_600:], 48_000) == pytest.approx(440, abs=3)


# -- conversations -----------------------------------------------------------------------------


async def test_a_spoken_question_is_answered_and_its_outputs_are_read() -> None:
    asked: list[Audio] = []

    def answer(audio: Audio, name: str) -> Iterator[Any]:
        asked.append(audio)
        yield AdditionalOutputs(f"{name} asked", get_current_context().websocket is not None)
        yield from tones(0.6)

    stream = Stream(ReplyOnPause(answer), modality="audio")
    async with served(stream) as server, client_of(server) as client:
        await client.start("visitor-1")
        await until(lambda: "listening" in client.logged)
        question = joined(silence(0.3), say(QUESTION), silence(2.0))
        speaking = asyncio.ensure_future(client.says(question))
        await client.message("type", "send_input")
        stream.set_input("visitor-1", "Ada")
        output = await asyncio.wait_for(stream.fetch_latest_output("visitor-1"), 20)
        assert output.args == ("Ada asked", True)
        await until(lambda: "response_ended" in client.logged)
        await speaking
        assert len(client.loud()) * 0.02 == pytest.approx(0.6, abs=0.1)
        stream.close_stream("visitor-1", "Goodbye.")
        await client.over()
        assert client.messages[-1] == {
            "type": "end_stream",
            "data": "Goodbye.",
            "reason": "app_closed",
        }
    [(rate, samples)] = asked
    assert (rate, samples.shape[0]) == (48_000, 1)
    assert client.logged == [
        "listening",
        "started_talking",
        "pause_detected",
        "response_starting",
        "response_ended",
    ]


@pytest.mark.parametrize("asked", [None, {}])
async def test_speaking_into_a_reply_silences_it_at_once(asked: dict[str, Any] | None) -> None:
    heard: list[float] = []

    def answer(audio: Audio) -> Iterator[Any]:
        try:
            yield from tones(30)
        finally:
            heard.append(current_reply().heard_s)

    stream = Stream(ReplyOnPause(answer), modality="audio")
    async with served(stream) as server, client_of(server) as client:
        await client.start("a", **({} if asked is None else {"format": asked}))
        await until(lambda: "listening" in client.logged)
        await client.says(joined(silence(0.3), say(QUESTION), silence(1.2)))
        await until(lambda: client.loud())
        first = client.loud()[0]
        await client.says(silence(1.0))
        began = asyncio.get_running_loop().time()
        speaking = asyncio.ensure_future(
            client.says(joined(say("Stop, I would like to ask something else."), silence(0.3)))
        )
        await until(lambda: "interrupted" in client.logged)
        await until(lambda: heard)
        last = client.loud()[-1]
        assert last - began < 6  # of thirty seconds
        assert heard[0] == pytest.approx(last - first, abs=1.0)
        told = client.messages.count({"event": "clear"})
        assert told == (0 if asked is None else 1)
        await speaking


class Announcement(StreamHandler):
    """Says two seconds of something at once, then ends the stream."""

    def __init__(self) -> None:
        super().__init__(output_sample_rate=8_000)
        self.values = [(8_000, tone(2.0, 8_000)), CloseStream("That was all.")]

    def receive(self, frame: Audio) -> None:
        """Nobody is listened to."""

    def emit(self) -> Any:
        return self.values.pop(0) if self.values else None

    def copy(self) -> Announcement:
        return Announcement()


async def test_close_stream_closes_when_what_is_queued_has_been_played() -> None:
    stream = Stream(Announcement(), modality="audio")
    async with served(stream) as server, client_of(server) as client:
        await client.start()
        await client.over()
        ended = asyncio.get_running_loop().time()
        assert len(client.loud()) * 0.02 == pytest.approx(2.0, abs=0.06)
        times = [at for at, _ in client.sound]
        assert 1.7 < times[-1] - times[0] < 6, "in real time"
        assert ended - times[-1] < 5, "without waiting for the client"
        assert client.messages[-1]["reason"] == "handler_finished"
        assert (client.socket.close_code, client.socket.close_reason) == (1000, "handler_finished")


@pytest.mark.parametrize("mode", ["send", "receive"])
async def test_one_way(mode: Any, tmp_path: Path) -> None:
    received: list[int] = []

    class Listener(StreamHandler):
        def receive(self, frame: Audio) -> None:
            received.append(frame[1].shape[1])

        def emit(self) -> Any:
            return None

        def copy(self) -> StreamHandler:
            return Listener()

    def lecture(topic: str) -> Iterator[Audio]:
        assert topic == "frogs"
        yield from tones(0.5)

    handler: Any = Listener() if mode == "send" else lecture
    stream = Stream(handler, modality="audio", mode=mode)
    async with served(stream) as server, client_of(server) as client:
        await client.start()
        if mode == "send":
            await client.says(tone(0.5))
            await until(lambda: sum(received) == 24_000)
            assert client.sound == []
        else:
            await client.message("type", "send_input")
            stream.set_input("a", "frogs")
            await client.over()
            assert len(client.loud()) * 0.02 == pytest.approx(0.5, abs=0.06)
            assert client.messages[-1]["reason"] == "handler_finished"


# -- limits and ends ---------------------------------------------------------------------------


async def test_who_comes_when_it_is_full_is_told_the_limit_and_may_come_later() -> None:
    stream = Stream(EchoHandler(), modality="audio", concurrency_limit=1)
    async with served(stream) as server:
        async with client_of(server) as first:
            await first.start("first")
            await until(lambda: len(stream.host.registry) == 1)
            async with client_of(server) as second:
                await second.start("second")
                await second.over()
                assert second.socket.close_code == 1000
            [refused] = second.messages
            assert refused["status"] == "failed"
            assert refused["meta"]["error"] == "concurrency_limit_reached"
            assert refused["meta"]["limit"] == 1
        await empty(stream)
        async with client_of(server) as third:
            await third.start("third")
            await third.says(tone(0.3))
            await until(lambda: len(third.sound) > 5)


async def test_the_time_limit_holds() -> None:
    stream = Stream(EchoHandler(), modality="audio", time_limit=0.5)
    async with served(stream) as server, client_of(server) as client:
        await client.start()
        began = asyncio.get_running_loop().time()
        await asyncio.gather(client.says(tone(8.0)), client.over())
        assert (await client.message("type", "end_stream"))["reason"] == "time_limit"
        assert client.socket.close_reason == "time_limit"
        assert client.sound[-1][0] - began < 5


async def test_a_server_that_stops_says_goodbye_and_stops_in_time() -> None:
    stream = Stream(Attentive(), modality="audio")
    async with served(stream) as server, client_of(server, rate=16_000) as client:
        await client.start()
        await client.says(tone(0.3, 16_000))
        stopping = asyncio.ensure_future(stream.host.stop_serving())
        assert (await client.message("type", "end_stream"))["reason"] == "server_shutdown"
        await client.over()
        await stopping
        assert Attentive.shut_down == 1
        await server.stop()


async def test_a_server_that_is_told_nothing_before_still_shuts_handlers_down() -> None:
    stream = Stream(Attentive(), modality="audio")
    async with served(stream) as server, client_of(server, rate=16_000) as client:
        await client.start()
        await client.says(tone(0.3, 16_000))
        await server.stop()
        await client.over()
        assert Attentive.shut_down == 1
        assert len(stream.host.registry) == 0


async def test_a_session_is_recorded(tmp_path: Path) -> None:
    stream = Stream(EchoHandler(), modality="audio", record=str(tmp_path))
    async with served(stream) as server:
        async with client_of(server) as client:
            await client.start()
            await client.says(tone(1.0))
            await until(lambda: len(client.loud()) >= 48)
        await empty(stream)
    recorded = only_recording(tmp_path)
    for channel in (0, 1):  # what came is left, what went out is right
        loud = recorded.sound[channel][np.abs(recorded.sound[channel]) > 500]
        assert len(loud) / 48_000 == pytest.approx(1.0, abs=0.15)
        assert frequency(recorded.sound[channel], 48_000) == pytest.approx(440, abs=2)


# -- where it comes from and where it goes -----------------------------------------------------


async def test_pages_of_other_sites_are_refused_before_the_socket_is_open() -> None:
    stream = Stream(EchoHandler(), modality="audio", allowed_origins=["https://friend.example"])
    async with served(stream) as server:
        for origin in (None, f"http://127.0.0.1:{server.port}", "https://friend.example"):
            async with client_of(server, origin=origin) as client:
                await client.start()
                await client.says(tone(0.1))
                await until(lambda: client.sound)
            await empty(stream)
            stream.host.registry._closed.clear()  # each uses the same id
        with pytest.raises(InvalidStatus) as refused:
            async with client_of(server, origin="https://evil.example"):
                pass
        assert refused.value.response.status_code == 403


async def test_a_route_of_ones_own_may_serve_it_and_wins_over_the_mounted_one() -> None:
    stream = Stream(EchoHandler(), modality="audio")
    app = FastAPI()
    seen: list[str] = []

    @app.websocket("/rtc/websocket/offer")
    async def mine(websocket: WebSocket) -> None:
        await websocket.accept()
        seen.append("mine")
        await stream.websocket_offer(websocket)
        seen.append("over")

    stream.mount(app, "/rtc")
    async with AppServer(app) as server:
        async with client_of(server) as client:
            await client.start()
            await client.says(tone(0.2))
            await until(lambda: client.sound)
        await empty(stream)
        await until(lambda: seen == ["mine", "over"])


async def test_a_client_that_closes_before_start_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream = Stream(EchoHandler(), modality="audio")
    async with served(stream) as server:
        async with client_of(server):
            pass
        async with client_of(server) as rude:
            rude.socket.transport.abort()
        async with client_of(server) as next_one:
            await next_one.start()
            await next_one.says(tone(0.2))
            await until(lambda: next_one.sound)
    assert caplog.records == []


async def test_ten_megabytes_and_nonsense_disturb_nobody_else() -> None:
    stream = Stream(EchoHandler(), modality="audio", concurrency_limit=None)
    async with served(stream) as server, client_of(server) as guest:
        await guest.start("guest")
        speaking = asyncio.ensure_future(guest.says(tone(2.0)))
        await until(lambda: len(guest.sound) > 10)
        async with client_of(server) as vandal:
            await vandal.start("vandal")
            for junk in ("[" * 100_000, b"\x00" * 1000, "nonsense", "x" * 10_000_000):
                await vandal.send(junk)
            await vandal.over()
            kinds = [message["type"] for message in vandal.messages]
            assert kinds == ["warning", "error", "end_stream"]
        await speaking
        await until(lambda: len(guest.loud()) >= 98)
        assert guest.messages == []


async def test_a_client_that_never_reads_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    class Chatty(EchoHandler):
        def emit(self) -> Any:
            self.send_message_sync(json.dumps("x" * 500_000))
            return 48_000, np.zeros((1, 960), np.int16)

        def copy(self) -> StreamHandler:
            return Chatty()

    stream = Stream(Chatty(), modality="audio")
    async with served(stream) as server:
        # No websocket library reads so little: a handshake by hand, and then nothing.
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
        key = base64.b64encode(b"0" * 16).decode()
        writer.write(
            f"GET /rtc/websocket/offer HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert b"101" in await reader.readline()
        start = json.dumps({"event": "start", "websocket_id": "a"}).encode()
        writer.write(bytes([0x81, 0x80 | len(start), 0, 0, 0, 0]) + start)
        await until(lambda: len(stream.host.registry) == 1)
        await empty(stream)
        writer.transport.abort()
    assert "does not read what it is sent" in caplog.text
