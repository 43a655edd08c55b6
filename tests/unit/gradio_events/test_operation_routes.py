"""The health of a Gradio app: launched, mounted in another, or put together of several."""

from __future__ import annotations

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from gradio_webrtc import ConfigurationError, Stream, WebRTC, serve_health
from tests.support.gradio_serving import GradioServed


def build(limit: int = 1) -> gr.Blocks:
    with gr.Blocks(analytics_enabled=False) as demo:
        video = WebRTC(modality="video")
        video.stream(lambda image: image, [video], [video], concurrency_limit=limit)
    return demo


async def health(url: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        return await client.get("webrtc/health")


async def test_a_launched_app_answers_before_anybody_has_opened_its_page() -> None:
    demo = build()
    async with GradioServed(demo) as server:
        answer = await health(server.url)
        assert (answer.status_code, answer.json()["status"]) == (200, "ready")
        assert answer.json()["limit"] == 1
        demo.app.stop_event.set()
        answer = await health(server.url)
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")


async def test_an_app_of_several_answers_for_all_of_them() -> None:
    whole = gr.TabbedInterface([build(2), build(3)], analytics_enabled=False)
    serve_health(whole)
    async with GradioServed(whole) as server:
        assert (await health(server.url)).json()["limit"] == 5


async def test_a_mounted_app_answers_where_its_author_says() -> None:
    app, demo = FastAPI(), build()
    serve_health(app, demo, path="/ops")
    gr.mount_gradio_app(app, demo, "/")
    [component] = [each for each in demo.blocks.values() if isinstance(each, WebRTC)]
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/ops/webrtc/health")).json()["status"] == "ready"
        component.drain()
        assert (await client.get("/ops/webrtc/health")).status_code == 503


async def test_the_page_of_a_stream_answers_for_the_places_it_shares() -> None:
    stream = Stream(lambda image: image, modality="video", concurrency_limit=4)
    app = FastAPI()
    serve_health(app, stream.ui)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/webrtc/health")).json()["limit"] == 4


def test_nobody_knows_which_streams_a_foreign_app_means() -> None:
    with pytest.raises(ConfigurationError, match="serve_health"):
        serve_health(FastAPI())
