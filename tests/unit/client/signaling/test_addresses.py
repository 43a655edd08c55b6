from __future__ import annotations

import pytest

from gradio_webrtc.client.signaling.addresses import (
    base_address,
    joined,
    names_route,
    socket_address,
)
from gradio_webrtc.errors import ConfigurationError


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://localhost:8000/stream/", "http://localhost:8000/stream"),
        ("https://host/a/webrtc/offer", "https://host/a"),
        ("wss://host/a/websocket/offer?x=1", "https://host/a"),
        (" http://host ", "http://host"),
    ],
)
def test_an_address_names_where_a_stream_is_mounted(url: str, base: str):
    assert base_address(url) == base


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://host", "http://", ""])
def test_what_is_no_address_is_refused_with_an_example(url: str):
    with pytest.raises(ConfigurationError, match="such as http://localhost:8000/stream"):
        base_address(url)


def test_routes_sockets_and_paths():
    assert names_route("http://host/a/webrtc/offer")
    assert not names_route("http://host/a")
    assert socket_address("https://host/a?b") == "wss://host/a?b"
    assert joined("http://host/a", "b") == "http://host/a/b"
    assert joined("http://host/a", "/b") == "http://host/b"
