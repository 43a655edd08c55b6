"""The HTTP side of a mounted stream."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import numpy as np
import pytest
import pytest_asyncio
from fastapi import FastAPI

from gradio_webrtc import ConfigurationError, Stream, UnknownConnectionError
from gradio_webrtc.routes import MAX_BODY_BYTES
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
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
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
    with pytest.raises(ConfigurationError, match="AudioVideoStreamHandler"):
        Stream(picture, modality="audio-video")


def test_set_input_for_nobody() -> None:
    with pytest.raises(UnknownConnectionError):
        Stream(picture).set_input("nobody", 1)
