"""Who asks, and from where, by a request or by a websocket's handshake."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import HTTPException, Request
from starlette.requests import HTTPConnection

from gradio_webrtc import Stream
from gradio_webrtc.routes.requests import check_request, read_body, scope_of_request
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope


def connection(kind: str = "http", client: Any = ("192.0.2.7", 1), **headers: str) -> Any:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": kind, "headers": raw, "client": client})


@pytest.fixture
def host() -> StreamHost:
    return Stream(lambda frame: frame, allowed_origins=["https://friend.example"]).host


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_pages_of_other_sites_are_refused(host: StreamHost, kind: str) -> None:
    for origin in (None, "https://own.example", "https://friend.example"):
        headers = {} if origin is None else {"origin": origin}
        asking = check_request(host, connection(kind, host="own.example", **headers))
        assert (asking.owner, asking.network) == (None, "192.0.2.7")
    with pytest.raises(HTTPException, match="allowed_origins") as refused:
        check_request(host, connection(kind, host="own.example", origin="https://evil.example"))
    assert refused.value.status_code == 403


async def test_a_body_that_is_cut_off_is_no_failure_of_the_server() -> None:
    messages = iter(
        [
            {"type": "http.request", "body": b"half", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(messages)

    request = Request({"type": "http", "headers": []}, receive)
    with pytest.raises(HTTPException, match="The body was cut off") as refused:
        await read_body(request, "body", 100, 30.0)
    assert refused.value.status_code == 400


def test_a_client_without_an_address(host: StreamHost) -> None:
    assert check_request(host, connection(client=None)).network is None


def test_where_a_client_is() -> None:
    assert scope_of_request(connection(client=("127.0.0.1", 1))) is Scope.LOOPBACK
    assert scope_of_request(connection(client=("8.8.8.8", 1))) is Scope.PUBLIC
