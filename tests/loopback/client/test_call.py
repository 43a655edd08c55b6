"""Calls by WebRTC and by websocket to a stream on a real server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import av
import numpy as np
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from gradio_webrtc import AdditionalOutputs, AsyncStreamHandler, CloseStream, Stream, WebRTCError
from gradio_webrtc.client import Call, CallEndedError, NothingCameError, connect
from gradio_webrtc.client.connecting import Way
from gradio_webrtc.errors import ConfigurationError
from tests.support.client_server import address_of

WAYS: tuple[Way, ...] = ("webrtc", "websocket")


class Echo(AsyncStreamHandler):
    """Gives back what it hears, says how loud it was, and knows some inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: asyncio.Queue = asyncio.Queue()

    async def receive(self, frame) -> None:
        self.heard.put_nowait(frame)

    async def emit(self):
        frame = await self.heard.get()
        loudness = int(np.abs(frame[1]).max())
        if loudness > 20_000:
            return CloseStream("Too loud.")
        return frame, AdditionalOutputs({"loudness": loudness, "args": list(self.latest_args)})

    def copy(self):
        return Echo()


class Failing(Echo):
    async def emit(self):
        await self.heard.get()
        raise WebRTCError("I am broken.")

    def copy(self):
        return Failing()


def tone(seconds: float, frequency: float = 440.0, rate: int = 24_000, amplitude: float = 8_000):
    at = np.arange(round(seconds * rate)) / rate
    return rate, (amplitude * np.sin(2 * np.pi * frequency * at)).astype(np.int16)


async def tone_of(call: Call) -> float:
    """Wait for half a second of loud sound; return its frequency."""
    loud: list[np.ndarray] = []
    async for piece in call.audio:
        mono = piece.samples.mean(axis=0)
        if np.abs(mono).max() > 2_000:
            loud.append(mono)
        if sum(each.size for each in loud) >= piece.sample_rate // 2:
            sound = np.concatenate(loud)
            spectrum = np.abs(np.fft.rfft(sound))
            return float(spectrum.argmax() * piece.sample_rate / sound.size)
    raise AssertionError(f"the call ended: {call.ending}")


@pytest.mark.parametrize("by", WAYS)
async def test_what_is_said_comes_back(by: Way):
    async with address_of(Stream(Echo(), modality="audio")) as url, connect(url, by=by) as call:
        said = await call.say(tone(1.0))
        assert said.complete
        assert said.ended - said.began > 0.8
        assert abs(await asyncio.wait_for(tone_of(call), 30) - 440) < 10
        assert call.times.asked <= call.times.answered <= call.times.connected
    assert call.ending is not None
    assert call.ending.reason == "client_closed"


async def test_files_and_generators_are_sent_from_the_start_on(tmp_path: Path):
    path = tmp_path / "tone.wav"
    rate, samples = tone(2.0, 600.0, 16_000)
    with av.open(str(path), "w") as file:
        stream = file.add_stream("pcm_s16le", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis], "s16", "mono")
        frame.sample_rate = rate
        file.mux(stream.encode(frame))

    def pieces():
        rate, samples = tone(2.0, 900.0)
        for start in range(0, samples.size, 2_000):
            yield rate, samples[start : start + 2_000]

    async with address_of(Stream(Echo(), modality="audio")) as url:
        for source, frequency in ((path, 600), (pieces(), 900)):
            async with connect(url, audio=source) as call:
                assert abs(await asyncio.wait_for(tone_of(call), 30) - frequency) < 10


async def test_a_hushed_caller_is_silent_at_once():
    async with address_of(Stream(Echo(), modality="audio")) as url, connect(url) as call:
        saying = call.play(tone(60.0))
        behind = call.play(tone(60.0))
        await asyncio.wait_for(tone_of(call), 30)
        call.hush()
        assert not (await asyncio.wait_for(saying, 30)).complete
        assert not (await asyncio.wait_for(behind, 30)).complete
        assert (await call.say(tone(0.1))).complete


async def test_video_comes_back_and_is_sent_by_arrays():
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:, :80] = (200, 30, 30)
    stream = Stream(lambda image: 255 - image, modality="video")
    async with address_of(stream) as url, connect(url, video=picture) as call:
        async for frame in call.video:
            image = frame.to_array()
            if image.shape == picture.shape and np.abs(image[60, 40] - [55, 225, 225]).max() < 40:
                break
    with pytest.raises(CallEndedError):
        await call.show(picture)


async def test_a_refusing_end_tells_why():
    async with address_of(Stream(Failing(), modality="audio")) as url, connect(url) as call:
        ending = await asyncio.wait_for(call.ended(), 30)
        assert ending.reason == "handler_error"
        assert "I am broken." in ending.text or "I am broken." in str(call.messages.kept)
        with pytest.raises(CallEndedError, match="handler_error"):
            await call.say(tone(1.0))


@pytest.mark.parametrize("by", WAYS)
async def test_the_handlers_end_is_told(by: Way):
    async with address_of(Stream(Echo(), modality="audio")) as url, connect(url, by=by) as call:
        with pytest.raises(CallEndedError):
            await call.say(tone(30.0, amplitude=30_000))
        assert call.ending is not None
        assert (call.ending.reason, call.ending.text) == ("handler_finished", "Too loud.")


async def test_messages_that_do_not_come_are_told_with_what_came():
    async with address_of(Stream(Echo(), modality="audio")) as url, connect(url) as call:
        await call.message("fetch_output")
        with pytest.raises(NothingCameError, match="fetch_output"):
            await call.message("log", within_s=0.05)
        with pytest.raises(ConfigurationError, match="sends no video"):
            await call.show(np.zeros((2, 2, 3), np.uint8))


async def test_outputs_and_inputs_by_the_apps_own_routes():
    stream, app = Stream(Echo(), modality="audio"), FastAPI()

    @app.get("/outputs")
    def outputs(webrtc_id: str) -> StreamingResponse:
        async def events():
            async for output in stream.output_stream(webrtc_id):
                yield f"data: {json.dumps(output.args[0])}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")

    @app.post("/inputs")
    async def inputs(request: Request) -> dict:
        body = await request.json()
        stream.set_input(body["webrtc_id"], *body["values"])
        return {"status": "ok"}

    async with (
        address_of(stream, app) as url,
        connect(url, outputs="/outputs?webrtc_id={webrtc_id}", inputs="/inputs") as call,
    ):
        await call.set_input("blue", 7)
        found = await call.outputs.first(lambda each: "blue" in each.value["args"])
        assert found.value["args"][1:] == ["blue", 7]
