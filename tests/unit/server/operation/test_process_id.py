"""What a process is called, and who is told that a session is elsewhere."""

from __future__ import annotations

import os

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from starlette.requests import Request

from gradio_webrtc import Stream
from gradio_webrtc.server.operation.process_id import COOKIE, is_elsewhere, process_id
from gradio_webrtc.server.quotas import Requester
from tests.support import sdp

CANDIDATE = {"type": "ice-candidate", "webrtc_id": "a", "candidate": None}


def stream() -> Stream:
    return Stream(lambda image: image, modality="video")


def test_a_name_is_kept_and_a_forked_process_has_another(monkeypatch: pytest.MonkeyPatch) -> None:
    name = process_id()
    assert process_id() == name
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert process_id() != name


@pytest.mark.parametrize("told", [None, "", 7, ["x"]])
def test_what_names_no_other_process(told: object) -> None:
    assert not is_elsewhere(told)


def test_this_process_is_no_other() -> None:
    assert not is_elsewhere(process_id())
    assert is_elsewhere("another")


async def test_whoever_hangs_up_at_the_wrong_process_is_told() -> None:
    host = stream().host
    answer = await host.leave({"webrtc_id": "a", "process": "another"})
    assert answer["meta"]["error"] == "wrong_process"
    answer = await host.leave({"webrtc_id": "a"}, Requester(process="another"))
    assert answer["meta"]["error"] == "wrong_process"


async def test_a_session_that_is_here_is_found_whatever_the_client_says() -> None:
    host = stream().host
    offer = {"type": "offer", "webrtc_id": "a", "sdp": sdp.offer(("video", "sendrecv"))}
    answer = await host.signal(offer)
    assert answer["process"] == process_id()
    assert await host.signal({**CANDIDATE, "process": "another"}) == {"status": "success"}
    await host.leave({"webrtc_id": "a", "process": "another"})
    again = await host.signal({**CANDIDATE, "process": "another"})
    assert again["meta"]["error"] == "connection_closed"
    await host.aclose()


async def test_browsers_get_it_as_a_cookie_that_scripts_cannot_read() -> None:
    app, mounted = FastAPI(), stream()
    mounted.mount(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        offer = {"type": "offer", "webrtc_id": "a", "sdp": sdp.offer(("video", "sendrecv"))}
        answer = await client.post("/webrtc/offer", json=offer)
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE}={process_id()}; HttpOnly; Path=/")
        again = await client.post("/webrtc/offer", json={**offer, "webrtc_id": "b"})
        assert "set-cookie" not in again.headers
        client.cookies.set(COOKIE, "another", domain="test.local")
        lost = await client.post("/webrtc/offer", json={**CANDIDATE, "webrtc_id": "lost"})
        assert lost.json()["meta"]["error"] == "wrong_process"
    await mounted.host.aclose()


def request(cookie: str = "", query: bytes = b"") -> Request:
    headers = [(b"cookie", f"{COOKIE}={cookie}".encode())] if cookie else []
    return Request({"type": "http", "headers": headers, "query_string": query})


def test_a_route_of_ones_own_can_tell_too() -> None:
    mounted = stream()
    mounted.check_process(request(), "a")
    mounted.check_process(request(process_id()), "a")
    for told in (request("another"), request(query=b"process=another")):
        with pytest.raises(HTTPException) as caught:
            mounted.check_process(told, "a")
        assert caught.value.status_code == 421
        assert isinstance(caught.value.detail, dict)
        assert caught.value.detail["error"] == "wrong_process"
