"""ICE servers: resolved anew for each connection, from whatever the author gave."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from aiortc import RTCConfiguration

from gradio_webrtc.errors import ConfigurationError, HandlerError
from gradio_webrtc.transports.ice.ice_servers import (
    check_configuration,
    resolve_configuration,
    to_aiortc,
)

TURN = {
    "iceServers": [
        {
            "urls": ["turn:turn.example:3478", "turns:turn.example:5349?transport=tcp"],
            "username": "me",
            "credential": "secret",
        }
    ],
    "iceTransportPolicy": "relay",
}


class Provider:
    """An object whose call is a coroutine."""

    async def __call__(self) -> dict[str, Any]:
        return TURN


async def test_a_dict() -> None:
    assert await resolve_configuration(TURN) == TURN
    assert await resolve_configuration(None) is None


async def test_a_function_runs_on_a_thread_each_time() -> None:
    threads: list[int] = []

    def provider() -> dict[str, Any]:
        threads.append(threading.get_ident())
        return TURN

    assert await resolve_configuration(provider) == TURN
    assert await resolve_configuration(provider) == TURN
    assert len(threads) == 2
    assert threading.get_ident() not in threads


async def test_a_coroutine_function() -> None:
    async def provider() -> dict[str, Any]:
        return TURN

    assert await resolve_configuration(provider) == TURN
    assert await resolve_configuration(lambda: provider()) == TURN
    assert await resolve_configuration(Provider()) == TURN


async def test_a_function_that_raises_what_would_end_the_request_in_silence() -> None:
    async def cancelled() -> None:
        task = asyncio.ensure_future(asyncio.sleep(9))
        task.cancel()
        await task

    def stops() -> None:
        raise SystemExit("no servers")

    def stops_the_thread() -> None:
        raise asyncio.CancelledError

    for provider, kind in (
        (cancelled, "CancelledError"),
        (lambda: cancelled(), "CancelledError"),
        (stops, "SystemExit: no servers"),
        (stops_the_thread, "CancelledError"),
    ):
        with pytest.raises(HandlerError, match=f"raised {kind}"):
            await resolve_configuration(provider)


async def test_a_function_may_say_none() -> None:
    assert await resolve_configuration(lambda: None) is None


async def test_what_a_provider_raises_is_passed_on() -> None:
    def provider() -> dict[str, Any]:
        raise KeyError("token expired")

    with pytest.raises(KeyError, match="token expired"):
        await resolve_configuration(provider)


WRONG = {
    "text": "stun:host",
    "a list": [],
    "servers no list": {"iceServers": {}},
    "server no dict": {"iceServers": ["stun:host"]},
    "no urls": {"iceServers": [{"username": "me", "credential": "secret"}]},
    "urls empty": {"iceServers": [{"urls": [], "credential": "secret"}]},
    "urls a number": {"iceServers": [{"urls": 7, "credential": "secret"}]},
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG.keys())
async def test_wrong_configurations_are_named_without_their_secrets(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="my_option") as caught:
        check_configuration(value, "my_option")
    assert "secret" not in str(caught.value)
    with pytest.raises(ConfigurationError):
        await resolve_configuration(lambda: value)


def test_the_servers_side_of_a_configuration() -> None:
    configuration = to_aiortc({"iceServers": TURN["iceServers"]})
    [server] = configuration.iceServers or []
    assert (server.urls, server.username, server.credential) == (
        TURN["iceServers"][0]["urls"],  # type: ignore[index]
        "me",
        "secret",
    )


def test_relays_only_where_aiortc_can_be_kept_to_them() -> None:
    if hasattr(RTCConfiguration(), "iceTransportPolicy"):
        assert to_aiortc(TURN).iceTransportPolicy.name == "RELAY"
        assert to_aiortc({}).iceTransportPolicy.name == "ALL"
    else:
        with pytest.raises(ConfigurationError, match=r"aiortc 1\.16"):
            to_aiortc(TURN)


@pytest.mark.parametrize("value", [None, {}, {"iceServers": []}])
def test_without_servers_none_is_asked(value: Any) -> None:
    assert to_aiortc(value).iceServers == []


def test_a_url_may_be_a_string_and_have_its_old_name() -> None:
    for server in ({"urls": "stun:a:1"}, {"url": "stun:a:1"}):
        [made] = to_aiortc({"iceServers": [server]}).iceServers or []
        assert made.urls == ["stun:a:1"]


@pytest.mark.parametrize("url", ["http://host", "stun", "turn:", "stun:host:port", ""])
def test_an_address_that_cannot_work_is_named(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"ICE server address|must be a dict with 'urls'"):
        to_aiortc({"iceServers": [{"urls": url}]})
