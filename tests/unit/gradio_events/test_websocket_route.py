"""Where a Gradio page finds its websocket, wherever the app is mounted, and who may use it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount

from gradio_webrtc import Stream, WebRTC
from gradio_webrtc.errors import WebSocketUnavailableError
from gradio_webrtc.gradio_events.websocket_route import PATH, websocket_address
from gradio_webrtc.server.quotas import Requester
from tests.support.app_websocket import AppWebSocket, Refused
from tests.support.echo_handlers import AsyncEchoHandler


def build(**options: Any) -> tuple[gr.Blocks, WebRTC]:
    with gr.Blocks(analytics_enabled=False) as demo:
        audio = WebRTC(modality="audio", **options)
        audio.stream(AsyncEchoHandler(), inputs=[audio], outputs=[audio])
    return demo, audio


class Page:
    """What a page asks of the app at ``path``."""

    def __init__(self, app: FastAPI, http: httpx.AsyncClient, audio: WebRTC, path: str) -> None:
        self.app, self.http, self.audio, self.path = app, http, audio, path

    async def ask(self, session_hash: str = "mine", **headers: str) -> dict[str, Any]:
        """Ask where the websocket is."""
        question = {
            "data": {"session_hash": session_hash},
            "fn_name": "websocket",
            "component_id": self.audio._id,
            "session_hash": session_hash,
        }
        url = f"{self.path}/gradio_api/component_server/"
        answer = await self.http.post(url, json=question, headers=headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def find(self, session_hash: str = "mine") -> str:
        """Return where the websocket is."""
        path: str = (await self.ask(session_hash))["path"]
        return path

    def open(self, at: str, **headers: str) -> AppWebSocket:
        return AppWebSocket(self.app, self.path + at, headers)


@asynccontextmanager
async def serving(
    demo: gr.Blocks, audio: WebRTC, path: str = "", **options: Any
) -> AsyncIterator[Page]:
    app = gr.mount_gradio_app(FastAPI(), demo, path=path or "/", **options)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Page(app, http, audio, path)
    assert audio._host is not None
    await audio._host.aclose()


async def started(socket: AppWebSocket, webrtc_id: str, **more: Any) -> dict[str, Any]:
    """Say ``start`` and return the answer."""
    socket.send({"event": "start", "websocket_id": webrtc_id, "format": {}, **more})
    answer = await socket.receive()
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("path", "options"), [("", {}), ("/sub", {}), ("", {"root_path": "/proxy"})]
)
async def test_the_page_finds_it_wherever_the_app_is_mounted(
    path: str, options: dict[str, Any]
) -> None:
    demo, audio = build()
    async with serving(demo, audio, path, **options) as page:
        address = await page.find()
        assert address.startswith(f"{PATH}?ticket=")
        async with page.open(address) as socket:
            assert (await started(socket, "first"))["event"] == "started"
            payload = base64.b64encode(bytes(480)).decode("ascii")
            socket.send({"event": "media", "media": {"payload": payload}})
            echo = await socket.receive()
            assert echo is not None
            assert echo["event"] == "media"
            socket.send({"event": "stop"})
            while await socket.receive() is not None:
                pass
        assert socket.code == 1000
        assert audio._host is not None
        assert len(audio._host.registry) == 0


async def test_the_session_is_the_pages_own_and_takes_the_place_of_its_earlier_one() -> None:
    demo, audio = build()
    async with serving(demo, audio) as page:
        assert audio._host is not None
        registry = audio._host.registry
        async with page.open(await page.find("hers")) as first:
            await started(first, "first")
            session = registry.find("first")
            assert session is not None
            assert session.owner == "hers"
            async with page.open(await page.find("his")) as stranger:
                refusal = await started(stranger, "second")
                assert refusal["meta"]["error"] == "concurrency_limit_reached"
            async with page.open(await page.find("his")) as stranger:
                refusal = await started(stranger, "third", replaces="first")
                assert refusal["status"] == "failed"
            assert registry.find("first") is session
            async with page.open(await page.find("hers")) as second:
                assert (await started(second, "fourth", replaces="first"))["event"] == "started"
                assert await first.receive() is None
                assert registry.find("fourth") is not None
                second.send({"event": "stop"})


async def test_it_is_one_route_however_often_pages_ask() -> None:
    demo, audio = build()
    async with serving(demo, audio) as page:
        for _ in range(3):
            await page.ask()
        (mount,) = (each for each in page.app.routes if isinstance(each, Mount))
        routes = [getattr(each, "path", None) for each in mount.routes]
    assert routes.count(PATH) == 1


@pytest.mark.parametrize("ticket", ["", "?ticket=", "?ticket=nonsense"])
async def test_without_a_ticket_nobody_is_let_in(ticket: str) -> None:
    demo, audio = build()
    async with serving(demo, audio) as page:
        await page.ask()
        with pytest.raises(Refused):
            await page.open(PATH + ticket).__aenter__()


async def test_neither_is_who_has_no_login() -> None:
    demo, audio = build()
    async with serving(demo, audio, auth=("me", "secret")) as page:
        with pytest.raises(AssertionError, match="Not authenticated"):
            await page.ask()
        await page.http.post("/login", data={"username": "me", "password": "secret"})
        # No cookie comes with the websocket here: what counts is the ticket.
        async with page.open(await page.find()) as socket:
            assert (await started(socket, "first"))["event"] == "started"
            socket.send({"event": "stop"})


async def test_pages_of_other_sites_are_refused() -> None:
    demo, audio = build()
    elsewhere = {"origin": "https://elsewhere.example"}
    async with serving(demo, audio) as page:
        assert (await page.ask(**elsewhere))["meta"]["error"] == "origin_not_allowed"
        with pytest.raises(Refused):
            await page.open(await page.find(), **elsewhere).__aenter__()


async def test_an_author_may_want_none() -> None:
    demo, audio = build(fallback=None)
    assert audio.get_config()["fallback"] is None
    async with serving(demo, audio) as page:
        assert (await page.ask())["meta"]["error"] == "websocket_unavailable"


def server(**config: Any) -> SimpleNamespace:
    return SimpleNamespace(server=SimpleNamespace(config=SimpleNamespace(**config)))


@pytest.mark.parametrize(
    ("blocks", "remedy"),
    [
        (SimpleNamespace(_node_is_proxy=True), "launch(ssr_mode=False)"),
        (server(ws_protocol_class=None), "pip install websockets"),
        (server(ws_protocol_class=object), None),
        (None, None),
    ],
)
async def test_where_no_websocket_gets_through_the_log_says_what_to_do(
    blocks: SimpleNamespace | None, remedy: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    app = FastAPI()
    app.get_blocks = lambda: blocks  # type: ignore[attr-defined]
    host = Stream(AsyncEchoHandler(), modality="audio").host
    if remedy is None:
        answer = await websocket_address(host, Requester("mine"), app)
        assert answer["status"] == "success"
        return
    with pytest.raises(WebSocketUnavailableError):
        await websocket_address(host, Requester("mine"), app)
    assert remedy in caplog.text
