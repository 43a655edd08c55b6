from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import PlainTextResponse, StreamingResponse

from gradio_webrtc.client.errors import (
    AccessDeniedError,
    NoPlaceError,
    ServerFailedError,
    ServerUnreachableError,
    StreamNotFoundError,
)
from gradio_webrtc.client.signaling.http_server import HttpServer

app = FastAPI()


@app.post("/status/{code}")
def status(code: int) -> None:
    raise HTTPException(code, "as asked")


@app.post("/echo")
async def echo(request: Request) -> Any:
    return {"body": await request.json(), "token": request.headers.get("x-token")}


@app.post("/page")
def page() -> PlainTextResponse:
    return PlainTextResponse("<html>")


@app.post("/full")
def full() -> Any:
    return {"status": "failed", "meta": {"error": "concurrency_limit_reached", "limit": 1}}


@app.get("/events")
def events() -> StreamingResponse:
    text = "event: x\ndata: a\ndata: b\n\n: comment\n\ndata:c\n\n"
    return StreamingResponse(iter([text[:9], text[9:]]), media_type="text/event-stream")


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_json_goes_and_comes_with_the_headers():
    async with client() as http:
        server = HttpServer(http, {"X-Token": "t"})
        assert await server.ask("/echo", {"a": 1}) == {"body": {"a": 1}, "token": "t"}
        http.cookies.set("access", "c")
        assert server.socket_headers == {"X-Token": "t", "Cookie": "access=c"}
        assert [each async for each in server.events("/events")] == ["a\nb", "c"]
        with pytest.raises(StreamNotFoundError):
            await anext(server.events("/nowhere"))


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("/status/401", AccessDeniedError, "auth="),
        ("/status/403", AccessDeniedError, "as asked"),
        ("/status/404", StreamNotFoundError, "stream.mount"),
        ("/status/500", ServerFailedError, "500: as asked"),
        ("/page", StreamNotFoundError, "no stream"),
        ("/full", NoPlaceError, "place_within_s"),
    ],
)
async def test_failures_say_what_to_do(path: str, error: type[Exception], words: str):
    async with client() as http:
        with pytest.raises(error, match=words):
            await HttpServer(http, {}).ask(path, {})


async def test_nobody_there_is_told_from_a_refusal():
    async with httpx.AsyncClient() as http:
        with pytest.raises(ServerUnreachableError, match="Is the server running"):
            await HttpServer(http, {}).ask("http://127.0.0.1:9/x", {})


@pytest.mark.parametrize("closed", [1, 2])
async def test_a_connection_that_was_closed_meanwhile_is_made_anew_once(closed: int):
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) <= closed:
            raise httpx.ReadError("", request=request)
        return httpx.Response(200, json={"ok": True})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        server = HttpServer(http, {})
        if closed == 1:
            assert await server.ask("http://test/offer", {"a": 1}) == {"ok": True}
        else:
            with pytest.raises(ServerUnreachableError):
                await server.ask("http://test/offer", {"a": 1})
    assert len(asked) == 2
    assert all(request.content == b'{"a":1}' for request in asked)
