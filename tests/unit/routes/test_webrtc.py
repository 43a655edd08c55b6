"""The HTTP side of a mounted stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware

from gradio_webrtc import ConfigurationError, Stream, UnknownConnectionError
from gradio_webrtc.routes import webrtc
from gradio_webrtc.routes.webrtc import MAX_BODY_BYTES
from gradio_webrtc.server.quotas import REQUESTS, Requester
from tests.support import sdp

OFFER = {"type": "offer", "sdp": "v=0", "webrtc_id": "a"}


def picture(frame: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return frame


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    Stream(picture).mount(app, path="/one", tags=["streams"])
    Stream(picture).mount(app, path="/two")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers={"Content-Type": "application/json"}
    ) as client:
        yield client


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        7,
        None,
        {"type": "offer", "sdp": "v=0"},
        {"sdp": "v=0", "webrtc_id": "a"},
        {**OFFER, "type": "answer"},
        {**OFFER, "type": "pranswer"},
        {**OFFER, "webrtc_id": 7},
        {**OFFER, "sdp": ["v=0"]},
        {**OFFER, "replaces": {}},
        {"type": "ice-candidate", "webrtc_id": "a", "candidate": "candidate:1"},
    ],
)
async def test_a_body_that_is_not_the_schema(client: httpx.AsyncClient, body: Any) -> None:
    answer = await client.post("/one/webrtc/offer", json=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"{", b"\xff\xfe", b"[" * 100_000, b'{"type":"offer"' + b" " * 100]
)
async def test_a_body_that_is_not_json(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/one/webrtc/offer", content=body)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "The body must be JSON."


async def test_a_body_that_is_too_large_is_not_read_to_its_end(client: httpx.AsyncClient) -> None:
    sent = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b"x" * 10_000

    answer = await client.post("/one/webrtc/offer", content=parts())
    assert answer.status_code == 413
    assert sent * 10_000 < 3 * MAX_BODY_BYTES


async def test_what_was_sent_is_not_repeated_in_an_error(client: httpx.AsyncClient) -> None:
    answer = await client.post("/one/webrtc/offer", json={**OFFER, "webrtc_id": ["secret"]})
    assert answer.status_code == 422
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (OFFER, "invalid_offer"),
        ({"type": "offer", "webrtc_id": "a"}, "invalid_offer"),
        ({**OFFER, "sdp": sdp.offer()}, "invalid_offer"),
        ({**OFFER, "sdp": sdp.offer(("audio", "sendrecv"))}, "invalid_offer"),
        (
            {**OFFER, "sdp": sdp.offer(("audio", "sendrecv"), ("video", "sendrecv"))},
            "unexpected_track",
        ),
        (
            {**OFFER, "sdp": sdp.offer(("video", "sendrecv")), "webrtc_id": "no id"},
            "invalid_webrtc_id",
        ),
        (
            {"type": "ice-candidate", "webrtc_id": "a", "candidate": {"candidate": "x"}},
            "invalid_candidate_format",
        ),
    ],
)
async def test_a_refusal_is_an_answer_with_its_code(
    client: httpx.AsyncClient, body: Any, code: str
) -> None:
    answer = await client.post("/one/webrtc/offer", json=body)
    assert answer.status_code == 200
    assert answer.json()["status"] == "failed"
    assert answer.json()["meta"]["error"] == code
    assert len(answer.json()["meta"]["message"]) > 20


async def test_an_offer_of_sixty_kilobytes_is_read(client: httpx.AsyncClient) -> None:
    # Every line end takes two characters more in JSON.
    padding = "a=x\r\n" * 12_000
    body = json.dumps({**OFFER, "sdp": "v=0\r\n" + padding})
    assert len(body) < MAX_BODY_BYTES
    answer = await client.post("/one/webrtc/offer", content=body)
    assert answer.json()["meta"]["error"] == "invalid_offer"


# -- pages of other sites, and clients that take their time -----------------------------------


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "a/json"],
)
async def test_what_any_page_may_send_to_any_site_is_not_read(kind: str | None) -> None:
    app = FastAPI()
    Stream(picture).mount(app)
    headers = {} if kind is None else {"Content-Type": kind}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        answer = await client.post("/webrtc/offer", content=json.dumps(OFFER), headers=headers)
        assert answer.status_code == 415
        assert "Content-Type: application/json" in answer.json()["detail"]
        headers = {"Content-Type": "Application/JSON; charset=utf-8"}
        answer = await client.post("/webrtc/offer", content=json.dumps(OFFER), headers=headers)
        assert answer.status_code == 200


async def test_pages_of_other_sites_are_refused_unless_they_are_allowed() -> None:
    app = FastAPI()
    Stream(picture).mount(app, path="/own")
    Stream(picture, allowed_origins=["https://friend.example"]).mount(app, path="/friends")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        statuses = [
            (await client.post(f"{path}/webrtc/offer", json=OFFER, headers={"Origin": origin}))
            for path in ("/own", "/friends")
            for origin in ("http://test", "https://evil.example", "https://friend.example")
        ]
    assert [answer.status_code for answer in statuses] == [200, 403, 403, 200, 403, 200]
    assert "allowed_origins" in statuses[1].json()["detail"]


async def test_an_app_with_cors_middleware_needs_nothing_else() -> None:
    app = FastAPI()
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["https://friend.example"],
        allow_methods=["POST"],
        allow_headers=["content-type"],
    )
    Stream(picture).mount(app)
    origin = {"Origin": "https://friend.example"}
    ask = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        preflight = await client.options("/webrtc/offer", headers={**origin, **ask})
        assert preflight.status_code == 200
        answer = await client.post("/webrtc/offer", json=OFFER, headers=origin)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == origin["Origin"]


async def test_a_body_that_never_ends_is_given_up(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webrtc, "BODY_SECONDS", 0.1)

    async def parts() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    answer = await client.post("/one/webrtc/offer", content=parts())
    assert answer.status_code == 408
    assert "within 0.1 seconds" in answer.json()["detail"]


async def test_one_address_holds_so_many_requests_and_no_more() -> None:
    stream = Stream(picture)
    app = FastAPI()
    stream.mount(app)
    early = {"type": "ice-candidate", "webrtc_id": "nobody", "candidate": None}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("192.0.2.7", 1)), base_url="http://test"
    ) as client:
        held = [
            asyncio.ensure_future(stream.host.signal(early, Requester(None, "192.0.2.7")))
            for _ in range(REQUESTS.per_network)
        ]
        await asyncio.sleep(0)
        answer = await client.post("/webrtc/offer", json=OFFER)
        assert answer.json()["meta"]["error"] == "too_many_requests"
        for request in held:
            request.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        answer = await client.post("/webrtc/offer", json=OFFER)
        assert answer.json()["meta"]["error"] == "invalid_offer"


async def test_a_route_of_ones_own_may_have_the_same_checks() -> None:
    stream = Stream(picture)
    app = FastAPI()

    @app.post("/mine")
    async def mine(request: Request) -> dict[str, Any]:
        return await stream.offer(await request.json(), request)

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        answer = await client.post("/mine", json=OFFER)
        assert answer.json()["meta"]["error"] == "invalid_offer"
        answer = await client.post("/mine", json=OFFER, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
    assert (await stream.offer(OFFER))["meta"]["error"] == "invalid_offer"


async def test_the_schema_is_documented(client: httpx.AsyncClient) -> None:
    schema = (await client.get("/openapi.json")).json()
    assert {"/one/webrtc/offer", "/two/webrtc/offer"} <= set(schema["paths"])
    post = schema["paths"]["/one/webrtc/offer"]["post"]
    assert post["tags"] == ["streams"]
    properties = post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert {"type", "sdp", "webrtc_id", "candidate", "replaces"} <= set(properties)


def test_a_stream_says_what_is_wrong_with_its_arguments() -> None:
    with pytest.raises(ConfigurationError, match="mode must be one of"):
        Stream(picture, mode="both")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match="concurrency_limit must be a positive integer"):
        Stream(picture, concurrency_limit=0)
    with pytest.raises(ConfigurationError, match="time_limit must be a positive number"):
        Stream(picture, time_limit=-1)
    with pytest.raises(ConfigurationError, match="function or generator"):
        Stream("not callable")
    with pytest.raises(ConfigurationError, match="allowed_origins must be a list"):
        Stream(picture, allowed_origins="https://example.org")
    with pytest.raises(ConfigurationError, match="AudioVideoStreamHandler"):
        Stream(picture, modality="audio-video")


def test_set_input_for_nobody() -> None:
    with pytest.raises(UnknownConnectionError):
        Stream(picture).set_input("nobody", 1, missing_ok=False)
