"""What the published audio guide shows, example by example, with the import changed and no more.

Each is a program of its own with the same calls in the same form. It is served, and a real client
speaks to it where it answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import Stream
from gradio_webrtc.simulated_calls.call import SimulatedCall
from tests.support.client import LoopbackClient
from tests.support.phone_server import PhoneServer
from tests.support.published_programs import run
from tests.support.recognisable_tracks import SineTrack, VoiceTrack, tone
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.synthetic_speech import joined, say, silence
from tests.support.tiny_speech_models import make_kokoro, make_moonshine
from tests.support.voice_client import QUESTION, loud_seconds

RATE = 48_000
Audio = tuple[int, np.ndarray]


def answer(rate: int = RATE, audio: np.ndarray | None = None) -> Iterator[np.ndarray]:
    """Yield half a second of a tone, in arrays as guides have them."""
    for number in range(5):
        yield tone(500.0, 8000.0, number * rate // 10, rate // 10).reshape(1, -1)


def stream_of(program: str, **names: Any) -> Stream:
    stream = run(program, **names)["stream"]
    assert isinstance(stream, Stream)
    return stream


async def asked(server: Served) -> LoopbackClient:
    """Return a client that has asked something and is being answered."""
    voice = VoiceTrack()
    client = await server.connected(voice)
    await until(lambda: any(message["data"] == "listening" for message in client.messages))
    voice.say(say(QUESTION))
    await until(lambda: loud_seconds(client) > 0.3)
    return client


# -- Reply on pause ----------------------------------------------------------------------------


async def test_reply_on_pause() -> None:
    stream = stream_of(
        """
        from fastrtc import ReplyOnPause, Stream

        heard = []

        def response(audio: tuple[int, np.ndarray]):
            sample_rate, audio_array = audio
            heard.append((sample_rate, audio_array.dtype, audio_array.shape))
            for chunk in answer(sample_rate, audio_array):
                yield (sample_rate, chunk)

        stream = Stream(handler=ReplyOnPause(response), modality="audio", mode="send-receive")
        stream.heard = heard
        """,
        answer=answer,
    )
    async with Served(stream) as server:
        await asked(server)
    ((rate, dtype, shape),) = vars(stream)["heard"]
    assert (rate, dtype, shape[0]) == (48_000, np.int16, 1)
    assert 0.8 < shape[1] / rate < 4


async def test_an_async_generator() -> None:
    stream = stream_of(
        """
        from fastrtc import ReplyOnPause, Stream

        async def response(audio):
            for chunk in answer():
                yield (48000, chunk)

        stream = Stream(handler=ReplyOnPause(response), modality="audio", mode="send-receive")
        """,
        answer=answer,
    )
    async with Served(stream) as server:
        await asked(server)


async def test_parameters_without_a_modality() -> None:
    stream = stream_of(
        """
        from fastrtc import AlgoOptions, ReplyOnPause, SileroVadOptions, Stream

        def response(audio):
            for chunk in answer():
                yield (48000, chunk)

        stream = Stream(
            handler=ReplyOnPause(
                response,
                algo_options=AlgoOptions(
                    audio_chunk_duration=0.6,
                    started_talking_threshold=0.2,
                    speech_threshold=0.1
                ),
                model_options=SileroVadOptions(
                    threshold=0.5,
                    min_speech_duration_ms=250,
                    min_silence_duration_ms=100
                )
            )
        )
        """,
        answer=answer,
    )
    async with Served(stream) as server:
        await asked(server)


@pytest.mark.parametrize("can_interrupt", [True, False])
async def test_interruptions(can_interrupt: bool) -> None:
    stream = stream_of(
        f"""
        from fastrtc import Stream, ReplyOnPause

        def response(audio):
            for _ in range(40):
                for chunk in answer():
                    yield (48000, chunk)

        stream = Stream(
            handler=ReplyOnPause(
                response,
                can_interrupt={can_interrupt},
            )
        )
        """,
        answer=answer,
    )
    async with Served(stream) as server:
        client = await asked(server)
        voice = next(sender.track for sender in client.pc.getSenders() if sender.track)
        assert isinstance(voice, VoiceTrack)

        def interrupted() -> bool:
            return any(message["data"] == "interrupted" for message in client.messages)

        voice.say(say("No, wait, I have another question for you."))
        await until(lambda: interrupted() if can_interrupt else not voice.speaking)
        assert interrupted() == can_interrupt


async def test_a_startup_function_and_the_looks_of_a_page() -> None:
    stream = stream_of(
        """
        from fastrtc import get_tts_model, Stream, ReplyOnPause

        tts_client = get_tts_model(model="espeak")

        def echo(audio: tuple[int, np.ndarray]):
            yield audio

        def startup():
            for chunk in tts_client.stream_tts_sync("Welcome to the echo audio demo!"):
                yield chunk

        stream = Stream(
            handler=ReplyOnPause(echo, startup_fn=startup),
            modality="audio",
            mode="send-receive",
            ui_args={"title": "Echo Audio"},
        )
        """
    )
    async with Served(stream) as server:
        client = await server.connected(VoiceTrack())
        await until(lambda: loud_seconds(client) > 0.5)
    assert "Echo Audio" in str(stream.ui.config)


# -- Reply on stop words -----------------------------------------------------------------------


async def test_reply_on_stop_words() -> None:
    stream = stream_of(
        """
        from fastrtc import Stream, ReplyOnStopWords

        def response(audio: tuple[int, np.ndarray]):
            for numpy_array in answer():
                yield (48000, numpy_array, "mono")

        stream = Stream(
            handler=ReplyOnStopWords(response,
                                     input_sample_rate=16000,
                                     stop_words=["computer"]),
            modality="audio",
            mode="send-receive"
        )
        """,
        answer=answer,
    )
    async with Served(stream) as server:
        voice = VoiceTrack()
        client = await server.connected(voice)
        await until(lambda: any(message["data"] == "listening" for message in client.messages))
        voice.say(joined(silence(0.8), say("Computer, what is the time?", "en-us")))
        assert (await client.message("stopword"))["data"] == "computer"
        await until(lambda: loud_seconds(client) > 0.3)


# -- Stream handlers ---------------------------------------------------------------------------

ECHO = """
import gradio as gr
from fastrtc import StreamHandler, Stream
from queue import Queue

seen = []

class EchoHandler(StreamHandler):
    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()

    def receive(self, frame: tuple[int, np.ndarray]) -> None:
        self.queue.put(frame)

    def emit(self) -> None:
        return self.queue.get()

    def copy(self) -> StreamHandler:
        return EchoHandler()

    def shutdown(self) -> None:
        seen.append("shutdown")

    def start_up(self) -> None:
        seen.append("start_up")

stream = Stream(handler=EchoHandler(), modality="audio", mode="send-receive")
"""

ASYNC_ECHO = """
from fastrtc import AsyncStreamHandler, wait_for_item, Stream
import asyncio
import numpy as np

seen = []

class AsyncEchoHandler(AsyncStreamHandler):
    def __init__(self) -> None:
        super().__init__(input_sample_rate=24000)
        self.queue = asyncio.Queue()

    async def receive(self, frame: tuple[int, np.ndarray]) -> None:
        assert frame[0] == 24000
        await self.queue.put(frame)

    async def emit(self) -> None:
        return await wait_for_item(self.queue)

    def copy(self):
        return AsyncEchoHandler()

    async def shutdown(self):
        seen.append("shutdown")

    async def start_up(self) -> None:
        seen.append("start_up")

stream = Stream(AsyncEchoHandler(), modality="audio", mode="send-receive")
"""


@pytest.mark.parametrize("program", [ECHO, ASYNC_ECHO], ids=["sync", "async"])
async def test_stream_handlers(program: str) -> None:
    names = run(program)
    async with Served(names["stream"]) as server:
        client = await server.connected(SineTrack())
        await until(lambda: loud_seconds(client) > 0.5)
        assert names["seen"] == ["start_up"]
    assert names["seen"] == ["start_up", "shutdown"]


# -- Speech ------------------------------------------------------------------------------------


async def test_text_to_speech(tmp_path: Path) -> None:
    names = run(
        """
        from fastrtc import KokoroTTSOptions, get_tts_model

        model = get_tts_model(model="kokoro", folder=folder)

        def spoken():
            for audio in model.stream_tts_sync("Hello, world!"):
                yield audio

        async def spoken_async():
            async for audio in model.stream_tts("Hello, world!"):
                yield audio

        audio = model.tts("Hello, world!")
        options = KokoroTTSOptions(voice="af_heart", speed=2.0, lang="en-us")
        fast = model.tts("Hello, world!", options=options)
        """,
        folder=make_kokoro(tmp_path),
    )
    whole = names["audio"][1].size
    assert np.abs(names["fast"][1]).max() < np.abs(names["audio"][1]).max()
    assert sum(audio[1].size for audio in names["spoken"]()) == whole
    assert sum([audio[1].size async for audio in names["spoken_async"]()]) == whole


def test_speech_to_text(tmp_path: Path) -> None:
    names = run(
        """
        from fastrtc import get_stt_model

        model = get_stt_model(model="moonshine/base", folder=folder)

        audio = (16000, np.random.randint(-32768, 32768, size=(1, 16000)))
        text = model.stt(audio)
        """,
        folder=make_moonshine(tmp_path),
    )
    assert names["text"] == "", "nobody speaks in noise"
    assert names["model"].stt((16_000, say(QUESTION, rate_hz=16_000))).startswith("Ask me")


# -- Requesting inputs -------------------------------------------------------------------------

LOUDNESS = """
from fastrtc import {base}, Stream
from queue import Queue

class Loudness({base}):
    def __init__(self):
        super().__init__()
        self.queue = Queue()

    {define} receive(self, frame):
        self.queue.put(frame)

    {define} emit(self):
        {wait}
        assert self.latest_args[0] == "__webrtc_value__"
        if self.queue.empty():
            return None
        rate, samples = self.queue.get()
        return rate, samples * self.latest_args[1]

    def copy(self):
        return Loudness()

stream = Stream(Loudness(), modality="audio", mode="send-receive")
"""


@pytest.mark.parametrize(
    "parts",
    [
        {"base": "StreamHandler", "define": "def", "wait": "self.wait_for_args_sync()"},
        {
            "base": "AsyncStreamHandler",
            "define": "async def",
            "wait": "await self.wait_for_args()",
        },
    ],
    ids=["sync", "async"],
)
async def test_requesting_inputs(parts: dict[str, str]) -> None:
    stream = stream_of(LOUDNESS.format(**parts))
    async with Served(stream) as server:
        client = await server.connected(SineTrack())
        await client.message("send_input")
        stream.set_input(client.webrtc_id, 1)
        await until(lambda: loud_seconds(client) > 0.3)
        loud = np.abs(client.sound(0.1)).max()
        stream.set_input(client.webrtc_id, 2)
        await until(lambda: np.abs(client.sound(0.1)).max() > 1.5 * loud)


async def test_further_inputs_of_a_reply() -> None:
    names = run(
        """
        from fastrtc import ReplyOnPause, Stream

        got = []

        def response(audio, language, level=3):
            got.append((language, level))
            for chunk in answer():
                yield (48000, chunk)

        stream = Stream(ReplyOnPause(response), modality="audio", mode="send-receive")
        """,
        answer=answer,
    )
    stream = names["stream"]
    async with Served(stream) as server:
        voice = VoiceTrack()
        client = await server.connected(voice)
        voice.say(say(QUESTION))
        await client.message("send_input")
        stream.set_input(client.webrtc_id, "en")
        await until(lambda: loud_seconds(client) > 0.3)
    assert names["got"] == [("en", 3)]


# -- The telephone -----------------------------------------------------------------------------

SPOKEN = 8_000, say(QUESTION, rate_hz=8_000)


def audible(call: SimulatedCall) -> float:
    """Return how many seconds of sound the caller has heard."""
    return float(np.count_nonzero(np.abs(call.audio.astype(int)) > 1000)) / 8_000


async def test_a_reply_by_telephone_and_what_it_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    names = run(
        """
        from fastrtc import AdditionalOutputs, Stream, ReplyOnPause
        from fastapi import FastAPI

        got, remembered = [], []

        def echo(audio, history=None):
            got.append(history)
            yield audio
            yield AdditionalOutputs([*(history or []), audio[0]])
            remembered.append(True)

        app = FastAPI()

        stream = Stream(ReplyOnPause(echo), modality="audio", mode="send-receive")
        """
    )
    async with PhoneServer(names["stream"], names["app"]) as server, server.call() as call:
        await call.say(SPOKEN)
        await until(lambda: audible(call) > 0.3)
        # Who speaks before that interrupts the echo, and nothing is remembered.
        await until(lambda: names["remembered"])
        await call.say(SPOKEN)
        await until(lambda: len(names["got"]) == 2)
    assert names["got"] == [None, [48_000]]


async def test_a_handler_that_would_wait_for_inputs_knows_of_the_phone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TWILIO_AUTH_TOKEN", raising=False)
    names = run(
        """
        from fastrtc import AsyncStreamHandler, Stream

        class Hum(AsyncStreamHandler):
            async def receive(self, frame):
                pass

            async def emit(self):
                if self.phone_mode:
                    self.latest_args = [None]
                else:
                    await self.wait_for_args()
                return 24000, hum

            def copy(self):
                return Hum()

        stream = Stream(Hum(), modality="audio", mode="send-receive")
        """,
        hum=tone(500.0, 8000.0, 0, 4800).reshape(1, -1),
    )
    async with PhoneServer(names["stream"]) as server, server.call() as call:
        await until(lambda: audible(call) > 0.3)
