"""Where a stream can be mounted, and what the app's author is told where it cannot."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from starlette.applications import Starlette

from gradio_webrtc import ConfigurationError, Stream


def stream() -> Stream:
    return Stream(lambda image: image, modality="video")


async def answer(app: Any, path: str) -> Any:
    """Return who answered, of those who say so."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        body = {"type": "offer", "webrtc_id": "a", "sdp": "v=0"}
        return (await http.post(path, json=body)).json()["by"]


async def answers(app: Any, path: str) -> bool:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        body = {"type": "offer", "webrtc_id": "a", "sdp": "v=0"}
        answer = await http.post(path, json=body)
    return answer.status_code == 200 and answer.json()["status"] == "failed"


@pytest.mark.parametrize("path", ["rtc", "/rtc", "/rtc/", "rtc/"])
async def test_slashes_do_not_matter(path: str) -> None:
    app = FastAPI()
    stream().mount(app, path)
    assert await answers(app, "/rtc/webrtc/offer")


@pytest.mark.parametrize("path", ["", "/"])
async def test_the_root(path: str) -> None:
    app = FastAPI()
    stream().mount(app, path)
    assert await answers(app, "/webrtc/offer")


@pytest.mark.parametrize(
    "path", [None, 7, "a b", "/rtc?x=1", "/rtc#x", "https://example.org/rtc", "/a//b", "/{a"]
)
async def test_what_is_no_path_is_refused(path: Any) -> None:
    with pytest.raises(ConfigurationError, match="path must be"):
        stream().mount(FastAPI(), path)


@pytest.mark.parametrize("app", [Starlette(), None, "app"])
async def test_what_is_no_app_is_refused(app: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"Stream\.mount\(\) takes a FastAPI app"):
        stream().mount(app, "/rtc")


async def test_a_path_that_is_taken_is_refused() -> None:
    app = FastAPI()
    stream().mount(app, "/rtc")
    stream().mount(app, "/other")
    with pytest.raises(ConfigurationError, match="'/rtc/webrtc/offer' already"):
        stream().mount(app, "rtc/")


async def test_a_path_that_a_stream_has_by_way_of_a_router_is_taken() -> None:
    app, router = FastAPI(), APIRouter(prefix="/api")
    stream().mount(router, "/rtc")
    app.include_router(router)
    stream().mount(app, "/rtc")
    with pytest.raises(ConfigurationError, match="'/api/rtc/webrtc/offer' already"):
        stream().mount(app, "/api/rtc")


async def test_an_apps_own_route_that_was_there_before_goes_on_to_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app, mounted = FastAPI(), stream()

    @app.post("/rtc/webrtc/offer")
    async def own(body: dict[str, Any]) -> dict[str, Any]:
        return {**await mounted.offer(body), "by": "the app"}

    caplog.set_level(logging.INFO, logger="gradio_webrtc")
    mounted.mount(app, "/rtc")
    assert await answer(app, "/rtc/webrtc/offer") == "the app"
    assert "/rtc/webrtc/offer is answered by the app's own route" in caplog.text
    with pytest.raises(ConfigurationError, match="A stream is mounted at '/rtc/webrtc/offer'"):
        stream().mount(app, "/rtc")


async def test_a_route_for_everything_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()

    @app.post("/{path:path}")
    async def everything(path: str) -> dict[str, str]:
        return {"by": path}

    stream().mount(app, "/rtc")
    assert await answer(app, "/rtc/webrtc/offer") == "rtc/webrtc/offer"
    assert "answered by what the app has at '/{path:path}'" in caplog.text
    assert "after Stream.mount()" in caplog.text


async def test_a_mounted_app_for_everything_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    app = FastAPI()
    app.mount("/", FastAPI())
    stream().mount(app, "/rtc")
    assert "answered by what the app has at '/', which was declared before" in caplog.text
    caplog.clear()
    beside = FastAPI()
    beside.mount("/files", FastAPI())
    stream().mount(beside, "/rtc")
    beside.mount("/", FastAPI())
    assert await answers(beside, "/rtc/webrtc/offer")
    assert not caplog.text


async def test_a_router_carries_the_stream_and_its_end_into_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    router, app, mounted, ended = APIRouter(prefix="/api"), FastAPI(), stream(), []

    async def note() -> None:
        ended.append(True)

    monkeypatch.setattr(mounted.host, "aclose", note)
    mounted.mount(router, "/rtc")
    app.include_router(router)
    async with app.router.lifespan_context(app):
        assert await answers(app, "/api/rtc/webrtc/offer")
        assert not ended
    assert ended


async def test_an_app_that_is_mounted_in_another_answers() -> None:
    outer, inner = FastAPI(), FastAPI()
    stream().mount(inner, "/rtc")
    outer.mount("/api", inner)
    assert await answers(outer, "/api/rtc/webrtc/offer")
