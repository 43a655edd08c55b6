"""Who may use the routes: an app's own dependencies and Gradio's login hold for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException, WebSocketException
from starlette.requests import HTTPConnection

from gradio_webrtc import Stream, WebRTC
from tests.support import sdp
from tests.support.app_websocket import AppWebSocket, Refused
from tests.support.echo_handlers import AsyncEchoHandler

KEY = "the key of this app"
OFFER = {"type": "offer", "webrtc_id": "a", "sdp": sdp.offer(("audio", "sendrecv"), "data")}
HTTP_ROUTES = [
    ("POST", "/rtc/webrtc/offer"),
    ("GET", "/rtc/webrtc/client.js"),
    ("POST", "/rtc/telephone/incoming"),
    ("GET", "/rtc/webrtc/health"),
    ("GET", "/rtc/webrtc/metrics"),
]
SOCKETS = ["/rtc/websocket/offer", "/rtc/telephone/handler"]


def check(connection: HTTPConnection) -> None:
    """What an author writes: ``HTTPConnection`` is a request and a websocket alike."""
    if connection.headers.get("x-key") == KEY:
        return
    if connection.scope["type"] == "websocket":
        raise WebSocketException(1008)
    raise HTTPException(401)


def on_the_app(stream: Stream) -> FastAPI:
    app = FastAPI(dependencies=[Depends(check)])
    stream.mount(app, "/rtc", metrics=True)
    return app


def on_a_router(stream: Stream) -> FastAPI:
    router = APIRouter(dependencies=[Depends(check)])
    stream.mount(router, "/rtc", metrics=True)
    app = FastAPI()
    app.include_router(router)
    return app


def when_included(stream: Stream) -> FastAPI:
    router = APIRouter()
    stream.mount(router, "/rtc", metrics=True)
    app = FastAPI()
    app.include_router(router, dependencies=[Depends(check)])
    return app


@pytest.mark.parametrize("guarded", [on_the_app, on_a_router, when_included])
async def test_an_apps_dependencies_hold_for_every_route(guarded: Any) -> None:
    stream = Stream(AsyncEchoHandler(), modality="audio")
    app = guarded(stream)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for method, path in HTTP_ROUTES:
            answer = await client.request(method, path, json=OFFER)
            assert answer.status_code == 401, path
        for path in SOCKETS:
            with pytest.raises(Refused):
                await AppWebSocket(app, path).__aenter__()
        assert len(stream.host.registry) == 0
        client.headers["x-key"] = KEY
        answer = await client.post("/rtc/webrtc/offer", json=OFFER)
        assert answer.json()["type"] == "answer"
        assert (await client.get("/rtc/webrtc/health")).status_code == 200
        await stream.host.aclose()
        async with AppWebSocket(app, SOCKETS[0], {"x-key": KEY}) as socket:
            socket.send({"event": "start", "websocket_id": "b", "format": {}})
            assert (await socket.receive() or {})["event"] == "started"
            socket.send({"event": "stop"})
    await stream.host.aclose()


@asynccontextmanager
async def page(**options: Any) -> AsyncIterator[tuple[httpx.AsyncClient, WebRTC]]:
    with gr.Blocks(analytics_enabled=False) as demo:
        audio = WebRTC(modality="audio")
        audio.stream(AsyncEchoHandler(), inputs=[audio], outputs=[audio])
    app = gr.mount_gradio_app(FastAPI(), demo, path="/", **options)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client, audio
    assert audio._host is not None
    await audio._host.aclose()


QUESTIONS = (
    "offer",
    "wait_for_place",
    "leave",
    "outputs_waiting",
    "ice_configuration",
    "websocket",
)


async def ask(client: httpx.AsyncClient, audio: WebRTC, question: str) -> httpx.Response:
    body = {
        "data": {**OFFER, "session_hash": "mine"},
        "fn_name": question,
        "component_id": audio._id,
        "session_hash": "mine",
    }
    return await client.post("/gradio_api/component_server/", json=body)


async def test_gradios_login_holds_for_whatever_a_page_asks() -> None:
    async with page(auth=("me", "secret")) as (client, audio):
        for question in QUESTIONS:
            assert (await ask(client, audio, question)).status_code == 401, question
        assert audio._host is not None
        assert len(audio._host.registry) == 0
        await client.post("/login", data={"username": "me", "password": "secret"})
        assert (await ask(client, audio, "offer")).json()["type"] == "answer"


async def test_so_does_an_auth_dependency() -> None:
    def user(request: Any) -> str | None:
        name: str | None = request.headers.get("x-user")
        return name

    async with page(auth_dependency=user) as (client, audio):
        for question in QUESTIONS:
            assert (await ask(client, audio, question)).status_code == 401, question
        client.headers["x-user"] = "me"
        assert (await ask(client, audio, "offer")).json()["type"] == "answer"
