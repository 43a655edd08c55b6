"""Where a server is for the outside, with what stands before it."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc.transports.telephone.public_address import Arrival, signed_urls, stream_url

PATH = "/telephone/handler"


def arrival(scheme: str = "http", **more: Any) -> Arrival:
    headers = more.pop("headers", {"host": "example.org"})
    return Arrival(scheme, headers, more.pop("path", "/telephone/incoming"), **more)


@pytest.mark.parametrize(
    ("scheme", "headers", "expected"),
    [
        ("https", {"host": "example.org"}, "wss://example.org"),
        ("https", {"host": "example.org:8443"}, "wss://example.org:8443"),
        # A proxy ends TLS, and the server does not trust what it says.
        ("http", {"host": "example.org"}, "wss://example.org"),
        # A proxy asks by a name of its own.
        (
            "http",
            {"host": "10.0.0.7:7860", "x-forwarded-host": "example.org"},
            "wss://example.org",
        ),
        (
            "http",
            {"host": "inner", "x-forwarded-host": "example.org, between"},
            "wss://example.org",
        ),
        # A tunnel from this machine.
        (
            "http",
            {"host": "localhost:7860", "x-forwarded-proto": "https"},
            "wss://localhost:7860",
        ),
        ("http", {"host": "127.0.0.1:8000"}, "ws://127.0.0.1:8000"),
        ("http", {"host": "[::1]:8000"}, "ws://[::1]:8000"),
    ],
)
def test_twilio_is_told_where_the_outside_finds_the_handler(
    scheme: str, headers: dict[str, str], expected: str
) -> None:
    assert stream_url(arrival(scheme, headers=headers), PATH) == expected + PATH


def test_what_the_author_says_is_what_counts() -> None:
    assert (
        stream_url(arrival(), PATH, "https://phone.example/app/")
        == f"wss://phone.example/app{PATH}"
    )
    assert stream_url(arrival(), PATH, "http://127.0.0.1:1") == f"ws://127.0.0.1:1{PATH}"


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/a/b", "", "/a/b"),
        ("/b", "/a", "/a/b"),  # FastAPI(root_path=...): the proxy has taken the prefix away
        ("/a/b", "/a", "/a/b"),  # uvicorn --root-path: it has put it back
        ("/ab", "/a", "/a/ab"),
    ],
)
def test_the_prefix_that_a_proxy_takes_away_is_put_back(
    path: str, root: str, expected: str
) -> None:
    assert arrival(path=path, root_path=root).outer_path == expected


def test_a_request_may_have_been_signed_for_each_name_of_this_server() -> None:
    asked = arrival(headers={"host": "inner:80", "x-forwarded-host": "example.org"}, query="a=1")
    urls = signed_urls(asked)
    assert urls[0] == "https://example.org/telephone/incoming?a=1"
    assert "http://inner:80/telephone/incoming?a=1" in urls
    assert signed_urls(arrival("https")) == ["https://example.org/telephone/incoming"]


def test_a_websocket_may_have_been_signed_with_a_slash_and_by_either_scheme() -> None:
    urls = signed_urls(arrival("wss", path=PATH))
    assert urls[0] == f"wss://example.org{PATH}"
    assert set(urls) == {
        f"{scheme}://example.org{PATH}{slash}" for scheme in ("wss", "https") for slash in ("", "/")
    }


def test_the_public_url_is_tried_first() -> None:
    assert signed_urls(arrival(), "https://phone.example/x")[0] == (
        "https://phone.example/x/telephone/incoming"
    )
    assert signed_urls(arrival("ws", path=PATH), "https://phone.example")[0] == (
        f"wss://phone.example{PATH}"
    )
