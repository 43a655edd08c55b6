"""The route that a load balancer asks, on a mounted stream."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from gradio_webrtc import Stream
from tests.support.registry import enter


async def test_a_mounted_stream_answers_without_credentials_or_a_session() -> None:
    app, stream = FastAPI(), Stream(lambda image: image, modality="video")
    stream.mount(app, "/rtc")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/rtc/webrtc/health")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ready"
        assert answer.headers["cache-control"] == "no-store"
        assert (await client.head("/rtc/webrtc/health")).status_code == 200
        enter(stream.host.registry, "a-persons-id")
        answer = await client.get("/rtc/webrtc/health")
        assert (answer.status_code, answer.json()["status"]) == (200, "full")
        assert "a-persons-id" not in answer.text
        stream.drain()
        answer = await client.get("/rtc/webrtc/health")
        assert (answer.status_code, answer.json()["status"]) == (503, "draining")
        assert (await client.head("/rtc/webrtc/health")).status_code == 503
        stream.drain(False)
        assert (await client.get("/rtc/webrtc/health")).status_code == 200
        assert (await client.get("/openapi.json")).status_code == 200
    await stream.host.aclose()


async def test_an_apps_own_route_goes_on_to_answer() -> None:
    app = FastAPI()

    @app.get("/webrtc/health")
    async def own() -> str:
        return "mine"

    Stream(lambda image: image, modality="video").mount(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/webrtc/health")).json() == "mine"
