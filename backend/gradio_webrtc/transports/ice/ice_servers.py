"""ICE servers, resolved anew for each connection."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer
from aiortc.rtcicetransport import parse_stun_turn_uri

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.invoke import call

RTCConfigurationSource: TypeAlias = (
    Mapping[str, Any]
    | Callable[[], Mapping[str, Any] | None]
    | Callable[[], Awaitable[Mapping[str, Any] | None]]
    | None
)
"""A configuration as ``RTCPeerConnection`` takes it in a browser, or a function or coroutine
function that returns one, called for each connection; ``None`` for no ICE servers."""

PROVIDER_SECONDS = 20.0
"""How long such a function may take; its client holds a place meanwhile."""


async def resolve_configuration(source: RTCConfigurationSource) -> dict[str, Any] | None:
    """Return the configuration ``source`` stands for now; sync functions run on a thread.

    Raises:
        ConfigurationError: the result is not a dict with a list of ``iceServers``, or it took
            longer than ``PROVIDER_SECONDS``.
        Exception: what the function raised; ``HandlerError`` in place of what is no ``Exception``.
    """
    value: Any = source
    if callable(source):
        asking = asyncio.ensure_future(call(source, worker=POOLED))
        if not await finished_within(asking, PROVIDER_SECONDS):
            raise ConfigurationError(
                f"rtc_configuration did not answer within {PROVIDER_SECONDS:g} seconds."
            )
        value = asking.result()
    if value is None:
        return None
    check_configuration(value)
    return dict(value)


def check_configuration(value: Mapping[str, Any], name: str = "rtc_configuration") -> None:
    """Raise ``ConfigurationError`` when ``value`` is no RTC configuration; ``name`` is its name."""
    if not isinstance(value, Mapping):
        raise ConfigurationError(
            f"{name} must be a dict such as {{'iceServers': [{{'urls': 'stun:host:3478'}}]}}, a "
            f'function returning one, "auto" or None; got {type(value).__name__}.'
        )
    servers = value.get("iceServers", [])
    if not isinstance(servers, (list, tuple)):
        raise ConfigurationError(f"{name}['iceServers'] must be a list.")
    for server in servers:
        if not isinstance(server, Mapping) or not _urls(server):
            # Only the keys: this text may reach a client, and a server's credential must not.
            came = sorted(server) if isinstance(server, Mapping) else type(server).__name__
            raise ConfigurationError(
                f"Each of {name}['iceServers'] must be a dict with 'urls'; got {came}."
            )


def to_aiortc(configuration: Mapping[str, Any] | None) -> RTCConfiguration:
    """Translate a browser-style configuration for the server's peer connection.

    Without ICE servers none are asked, unlike aiortc's default of a public STUN server: local use
    must not wait for a host that may be out of reach.

    Raises:
        ConfigurationError: an ICE server's address cannot be parsed.
    """
    servers: list[RTCIceServer] = []
    options: dict[str, Any] = {}
    if configuration is not None:
        check_configuration(configuration, "server_rtc_configuration")
        servers = [_server(server) for server in configuration.get("iceServers", [])]
        if configuration.get("iceTransportPolicy") == "relay":
            options["iceTransportPolicy"] = _relay_only()
    return RTCConfiguration(
        iceServers=servers,
        # aiortc then shares what the offer bundles and nothing else. With MAX_BUNDLE it shares all
        # and stops the shared transport when the first section is not the one it was made for.
        bundlePolicy=RTCBundlePolicy.MAX_COMPAT,
        **options,
    )


def shared_with_server(configuration: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what the server uses of the page's configuration.

    A page that is kept to its relay keeps the connection to it, so an aiortc that cannot be kept to
    relays needs not refuse.
    """
    if configuration is None or can_be_relay_only():
        return configuration
    return {key: value for key, value in configuration.items() if key != "iceTransportPolicy"}


def can_be_relay_only() -> bool:
    """Whether this is aiortc 1.16, which needs Python 3.11, or later."""
    return hasattr(RTCConfiguration(), "iceTransportPolicy")


def _relay_only() -> Any:
    """aiortc 1.16, which needs Python 3.11, is the first that can be kept to relays."""
    try:
        from aiortc.rtcconfiguration import RTCIceTransportPolicy
    except ImportError:
        raise ConfigurationError(
            "iceTransportPolicy 'relay' on the server's side needs aiortc 1.16 or later "
            "(and with it Python 3.11 or later)."
        ) from None
    return RTCIceTransportPolicy.RELAY


def _urls(server: Mapping[str, Any]) -> list[str]:
    urls = server.get("urls", server.get("url"))
    if isinstance(urls, str):
        return [urls]
    return [str(url) for url in urls] if isinstance(urls, (list, tuple)) else []


def _server(server: Mapping[str, Any]) -> RTCIceServer:
    urls = _urls(server)
    for url in urls:
        try:
            parse_stun_turn_uri(url)
        except ValueError:
            raise ConfigurationError(
                f"The ICE server address {_without_secrets(url)!r} is wrong. It must be as in "
                "'stun:host:3478' or 'turn:host:3478?transport=udp'; user name and password are "
                "'username' and 'credential' beside 'urls'."
            ) from None
    return RTCIceServer(
        urls=urls, username=server.get("username"), credential=server.get("credential")
    )


def _without_secrets(url: str) -> str:
    """Return ``url`` for the log, without what might be a password in it."""
    return re.sub(r":[^@]*@", ":...@", url.partition("?")[0])
