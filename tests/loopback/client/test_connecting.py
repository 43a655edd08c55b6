"""Finding a stream: errors that say what to do, Gradio apps and their components, places."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from gradio_webrtc import AdditionalOutputs, Stream, WebRTC
from gradio_webrtc.client import (
    AccessDeniedError,
    NoPlaceError,
    RefusedError,
    ServerUnreachableError,
    StreamNotFoundError,
    connect,
)
from gradio_webrtc.client.connecting import Way
from gradio_webrtc.errors import ConfigurationError
from tests.loopback.client.test_call import WAYS, Echo, tone, tone_of
from tests.support.client_server import address_of
from tests.support.gradio_serving import GradioServed


@asynccontextmanager
async def app_of(demo: gr.Blocks, **options: Any) -> AsyncIterator[str]:
    async with GradioServed(demo, **options) as server:
        yield server.url


def two_components() -> gr.Blocks:
    with gr.Blocks() as demo:
        camera = WebRTC(label="Camera", modality="video")
        camera.stream(lambda image: image, inputs=[camera], outputs=[camera])
        voice = WebRTC(label="Voice", elem_id="voice", modality="audio")
        colour = gr.Textbox("red")
        seen = gr.JSON()
        voice.stream(Echo(), inputs=[voice, colour], outputs=[voice], concurrency_limit=1)
        voice.on_additional_outputs(lambda value: value, outputs=[seen])
    return demo


@pytest.mark.parametrize("by", WAYS)
async def test_a_component_of_a_gradio_app_with_its_values_and_outputs(by: Way):
    async with (
        app_of(two_components()) as url,
        connect(url, component="voice", by=by, audio=tone(5.0)) as call,
    ):
        assert abs(await asyncio.wait_for(tone_of(call), 30) - 440) < 10
        red = await call.outputs.first(lambda each: "red" in each.value[0]["args"])
        assert red.value[0]["loudness"] >= 0
        await call.set_input("blue")
        await call.outputs.first(lambda each: "blue" in each.value[0]["args"])


async def test_a_full_app_lets_one_wait_in_line():
    async with app_of(two_components()) as url, connect(url, component="Voice") as first:
        with pytest.raises(NoPlaceError):
            async with connect(url, component=1):
                pass

        async def later() -> str:
            async with connect(url, component=1, place_within_s=30) as second:
                return second.webrtc_id

        waiting = asyncio.ensure_future(later())
        await asyncio.sleep(0.1)
        await first.hang_up()
        assert await waiting != first.webrtc_id


async def test_a_receiving_component_is_started_by_its_button():
    async def count(start: str):
        for _ in range(20):
            yield tone(0.5), AdditionalOutputs(start)

    with gr.Blocks() as demo:
        start = gr.Textbox("now")
        button, shown = gr.Button(), gr.Textbox()
        sound = WebRTC(mode="receive", modality="audio")
        sound.stream(count, inputs=[start], outputs=[sound], trigger=button.click)
        sound.on_additional_outputs(lambda value: value, outputs=[shown])
    async with app_of(demo) as url, connect(url, inputs=["then"]) as call:
        assert abs(await asyncio.wait_for(tone_of(call), 30) - 440) < 10
        await call.outputs.first(lambda each: each.value == ["then"])
        with pytest.raises(ConfigurationError, match="sends no sound"):
            await call.say(tone(0.1))


async def test_an_app_with_a_password_wants_it():
    async with app_of(two_components(), auth=("me", "secret")) as url:
        with pytest.raises(AccessDeniedError, match="auth="):
            async with connect(url):
                pass
        with pytest.raises(AccessDeniedError, match="name and password"):
            async with connect(url, auth=("me", "wrong")):
                pass
        async with connect(url, component="voice", auth=("me", "secret")) as call:
            assert call.ending is None


async def test_wrong_addresses_are_told_apart():
    async with address_of(Stream(Echo(), modality="audio")) as url:
        server = url.rpartition("/")[0]
        for by in WAYS:
            with pytest.raises((StreamNotFoundError, AccessDeniedError)):
                async with connect(f"{server}/nowhere", by=by):
                    pass
            with pytest.raises(ServerUnreachableError, match="Is the server running"):
                async with connect("http://127.0.0.1:9/stream", by=by):
                    pass
        with pytest.raises(StreamNotFoundError, match="no Gradio app"):
            async with connect(url, component="voice"):
                pass
        with pytest.raises(RefusedError, match="modality") as raised:
            async with connect(url, modality="audio-video"):
                pass
        assert raised.value.code == "unexpected_track"
        with pytest.raises(ConfigurationError, match="websocket"):
            async with connect(url, by="pigeon"):  # type: ignore[arg-type]
                pass


async def test_tokens_go_with_every_request():
    stream, app = Stream(Echo(), modality="audio", concurrency_limit=1), FastAPI()

    @app.middleware("http")
    async def check(request: Request, call_next: Any) -> Any:
        if request.headers.get("authorization") != "Bearer t":
            return JSONResponse({"detail": "no token"}, 401)
        return await call_next(request)

    async with address_of(stream, app) as url:
        with pytest.raises(AccessDeniedError, match="no token"):
            async with connect(url):
                pass
        async with connect(url, headers={"Authorization": "Bearer t"}) as call:
            assert call.times.connected
            with pytest.raises(NoPlaceError):
                async with connect(url, headers={"Authorization": "Bearer t"}):
                    pass
