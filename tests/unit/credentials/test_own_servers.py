"""STUN servers, and TURN servers that share a secret."""

from __future__ import annotations

import time
from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, get_coturn_credentials, stun
from gradio_webrtc.credentials.own_servers import time_limited


def test_stun_takes_addresses_as_people_write_them() -> None:
    assert stun("stun.example.org", "stun:10.0.0.7:3479", "stuns:stun.example.org") == {
        "iceServers": [
            {"urls": ["stun:stun.example.org", "stun:10.0.0.7:3479", "stuns:stun.example.org"]}
        ]
    }


@pytest.mark.parametrize("servers", [(), ("turn:host",), ("https://host",), ("",), ("a:b:c",)])
def test_stun_refuses_what_is_no_address(servers: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError):
        stun(*servers)


def test_the_password_is_that_of_the_draft() -> None:
    # echo -n 1767225600:gradio | openssl dgst -sha1 -hmac north -binary | base64
    assert time_limited("north", "gradio", 1767225600) == (
        "1767225600:gradio",
        "UDCKu/ArC7FZSZCoMdm5hHgvD1I=",
    )


def test_credentials_for_coturn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTURN_STATIC_AUTH_SECRET", "north")
    found = get_coturn_credentials("turn:turn.example.org", ttl=60, stun_urls=["turn.example.org"])
    stun_server, server = found["iceServers"]
    assert stun_server == {"urls": ["stun:turn.example.org"]}
    expires, _, user = server["username"].partition(":")
    assert user == "gradio"
    assert 58 <= int(expires) - time.time() <= 61
    assert server["credential"] == time_limited("north", "gradio", int(expires))[1]
    assert server["urls"] == ["turn:turn.example.org"]
    again = get_coturn_credentials(["turn:a", "turns:b:443?transport=tcp"], "south", user="me")
    assert again["iceServers"][0]["urls"] == ["turn:a", "turns:b:443?transport=tcp"]


def test_what_is_missing_or_wrong_is_named() -> None:
    with pytest.raises(ValueError, match=r"secret=.*COTURN_STATIC_AUTH_SECRET"):
        get_coturn_credentials("turn:host")
    wrong: list[dict[str, Any]] = [{"user": "a:b"}, {"user": ""}, {"ttl": 0}, {"ttl": 1.5}]
    for options in wrong:
        with pytest.raises(ConfigurationError, match="must be"):
            get_coturn_credentials("turn:host", "s", **options)
    for urls in ([], "stun:host", "turn:me:hunter2@host", "host"):
        with pytest.raises(ConfigurationError, match="such as 'turn:host:3478'") as refused:
            get_coturn_credentials(urls, "s")
        assert "hunter2" not in str(refused.value)
