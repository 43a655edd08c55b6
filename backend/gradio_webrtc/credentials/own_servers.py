"""STUN and TURN servers of one's own, without a provider."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from collections.abc import Sequence
from typing import Any

from aiortc.rtcicetransport import parse_stun_turn_uri

from gradio_webrtc.errors import ConfigurationError

SECRET_VARIABLE = "COTURN_STATIC_AUTH_SECRET"


def stun(*servers: str) -> dict[str, Any]:
    """Return a configuration with STUN servers: ``stun("stun.example.org", "10.0.0.7:3478")``.

    A STUN server tells each side its address as others see it. That suffices where no firewall
    forbids the direct way; see TURN for the rest.

    Args:
        servers: addresses, with or without ``stun:`` before and the port after them.

    Raises:
        ConfigurationError: there is none, or one is no address.
    """
    urls = [each if each.startswith(("stun:", "stuns:")) else f"stun:{each}" for each in servers]
    return {"iceServers": [{"urls": _checked(urls, ("stun", "stuns"), "stun:stun.example.org")}]}


def get_coturn_credentials(
    urls: str | Sequence[str],
    secret: str | None = None,
    *,
    user: str = "gradio",
    ttl: int = 3600,
    stun_urls: Sequence[str] = (),
) -> dict[str, Any]:
    """Return credentials for a TURN server that shares a secret with this app; nobody is asked.

    That is coturn with ``use-auth-secret``, and others with "TURN REST API" credentials. The user
    name is the time at which the credentials expire and the user, ``1767225600:gradio``; the
    password is its HMAC-SHA1 by the secret, as
    https://datatracker.ietf.org/doc/html/draft-uberti-behave-turn-rest-00 has it.

    Args:
        urls: such as ``"turn:turn.example.org:3478"`` or several, by which the server is reached.
        secret: coturn's ``static-auth-secret``; by default the environment variable
            ``COTURN_STATIC_AUTH_SECRET``.
        user: a name for coturn's log, without a colon.
        ttl: for how many seconds the credentials are valid. coturn lets go on what has begun.
        stun_urls: STUN servers to ask as well; coturn is one too.

    Raises:
        ConfigurationError: there is no secret, or an argument cannot be right.
    """
    found = _checked([urls] if isinstance(urls, str) else urls, ("turn", "turns"), "turn:host:3478")
    secret = os.environ.get(SECRET_VARIABLE) if secret is None else secret
    if not secret:
        raise ConfigurationError(
            "No secret for the TURN server: pass secret=..., or set the environment variable "
            f"{SECRET_VARIABLE}, to what its configuration has as static-auth-secret."
        )
    if ":" in user or not user:
        raise ConfigurationError("user must be a name without a colon.")
    if isinstance(ttl, bool) or not isinstance(ttl, int) or ttl < 1:
        raise ConfigurationError(f"ttl must be a positive whole number of seconds; got {ttl!r}.")
    username, credential = time_limited(secret, user, int(time.time()) + ttl)
    servers: list[dict[str, Any]] = [
        {"urls": found, "username": username, "credential": credential}
    ]
    return {"iceServers": [*(stun(*stun_urls)["iceServers"] if stun_urls else ()), *servers]}


def time_limited(secret: str, user: str, expires: int) -> tuple[str, str]:
    """Return user name and password that are valid until ``expires``, in seconds of Unix time."""
    username = f"{expires}:{user}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(digest).decode()


def _checked(urls: Sequence[str], schemes: tuple[str, ...], example: str) -> list[str]:
    """Return ``urls`` as a list.

    Raises:
        ConfigurationError: it is empty, or one of them is no address of ``schemes``.
    """
    if not urls:
        raise ConfigurationError(f"Name a server, such as {example!r}.")
    for position, url in enumerate(urls):
        try:
            known = parse_stun_turn_uri(url)["scheme"] in schemes
        except (ValueError, AttributeError):
            known = False
        if not known:
            # Not the text itself, which may have a password in it.
            raise ConfigurationError(
                f"Server {position + 1} has no address such as {example!r}; user name and password "
                "do not belong into it."
            )
    return list(urls)
