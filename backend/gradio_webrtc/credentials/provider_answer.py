"""Reading what a provider answered, or why it did not, without a word of it in the errors.

An answer may quote the request, and with it a token.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradio_webrtc.credentials.credential_request import CredentialRequest
from gradio_webrtc.errors import ConfigurationError, TurnCredentialsError
from gradio_webrtc.json_values import Json
from gradio_webrtc.transports.ice.ice_servers import check_configuration

MAX_BYTES = 65_536
"""Longest answer that is read; real ones have about 1,000 bytes."""

MAX_SERVERS = 32
MAX_URLS = 32
MAX_TEXT = 2048
MAX_WAIT = 300.0
"""Seconds of ``Retry-After`` that are believed."""

BLOCKED_PORT = ":53"
"""Browsers refuse to connect to the port of DNS, and Cloudflare lists it."""


@dataclass(frozen=True)
class Credentials:
    """A configuration for ``RTCPeerConnection`` and for how many seconds it is valid."""

    configuration: dict[str, Any]
    valid_s: float


def read_answer(
    request: CredentialRequest, status: int, headers: Mapping[str, str], body: bytes
) -> Credentials:
    """Return the credentials in an answer of at most ``MAX_BYTES``.

    Args:
        request: what was asked.
        status: of HTTP.
        headers: with names in lower case.
        body: what came.

    Raises:
        TurnCredentialsError: the provider refused, or this is no answer to ``request``.
    """
    if not 200 <= status < 300:
        raise _refusal(request, status, headers)
    try:
        # Not json.loads(bytes), which guesses the encoding; recursion is what nesting leads to.
        answer: Json = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise _nonsense(request, "it is no JSON") from None
    if not isinstance(answer, Mapping):
        raise _nonsense(request, "it is no JSON object")
    servers = answer.get("iceServers", answer.get("ice_servers"))
    if isinstance(servers, Mapping):  # Cloudflare's older endpoint has one instead of a list
        servers = [servers]
    if not isinstance(servers, list) or not 0 < len(servers) <= MAX_SERVERS:
        raise _nonsense(request, "it has no list of ICE servers")
    found = [made for server in servers if (made := _server(request, server)) is not None]
    if not any(url.startswith("turn") for server in found for url in server["urls"]):
        raise _nonsense(request, "it has no TURN server")
    configuration = {"iceServers": found, **dict(request.extra)}
    try:
        check_configuration(configuration)
    except ConfigurationError:
        raise _nonsense(request, "its ICE servers are none") from None
    return Credentials(configuration, _lifetime(answer.get("ttl"), request.ttl))


def unreachable(request: CredentialRequest, why: str) -> TurnCredentialsError:
    """Return the error for a provider that could not be asked; ``why`` has no secrets."""
    return TurnCredentialsError(
        request.provider,
        f"{request.provider} cannot be reached for TURN credentials: {why}. Check that this "
        "machine may make HTTPS requests to it, through a proxy if there is one.",
    )


def too_slow(request: CredentialRequest, seconds: float) -> TurnCredentialsError:
    """Return the error for a provider that does not answer in time."""
    return TurnCredentialsError(
        request.provider,
        f"{request.provider} gave no TURN credentials within {seconds:g} seconds. Try again "
        "later; if it stays so, check this machine's network and the provider's status page.",
    )


def too_large(request: CredentialRequest) -> TurnCredentialsError:
    """Return the error for an answer of more than ``MAX_BYTES``."""
    return _nonsense(request, f"it has more than {MAX_BYTES} bytes")


def _refusal(
    request: CredentialRequest, status: int, headers: Mapping[str, str]
) -> TurnCredentialsError:
    provider, retry_after = request.provider, None
    if status in (401, 403, 404):
        text = f"{provider} refused to give TURN credentials (HTTP {status}). {request.check}"
    elif status == 429:
        retry_after = _seconds(headers.get("retry-after"))
        when = "later" if retry_after is None else f"in {retry_after:g} seconds"
        text = (
            f"{provider} was asked for TURN credentials too often, or the account's share is used "
            f"up (HTTP 429). Try again {when}; a longer ttl asks less often."
        )
    elif 300 <= status < 400:
        text = (
            f"{provider} answered with a redirect (HTTP {status}), which is not followed because "
            "the token would go along. Check the GRADIO_WEBRTC_..._URL variables and what may be "
            "in between, such as a login page of the network."
        )
    elif status >= 500:
        text = f"{provider} failed to give TURN credentials (HTTP {status}). Try again later."
    else:
        text = (
            f"{provider} did not accept the request for TURN credentials (HTTP {status}). "
            f"{request.check} A shorter ttl may help too."
        )
    return TurnCredentialsError(provider, text, status=status, retry_after=retry_after)


def _nonsense(request: CredentialRequest, what: str) -> TurnCredentialsError:
    return TurnCredentialsError(
        request.provider,
        f"{request.provider}'s answer has no TURN credentials: {what}. Check the "
        "GRADIO_WEBRTC_..._URL variables and what may be in between, such as a login page of the "
        "network.",
    )


def _server(request: CredentialRequest, server: Json) -> dict[str, Any] | None:
    """Return one ICE server with what browsers and aiortc take, or ``None`` if nothing is left."""
    if not isinstance(server, Mapping):
        raise _nonsense(request, "an ICE server in it is no object")
    urls = server.get("urls", server.get("url"))
    listed = [urls] if isinstance(urls, str) else urls
    if not isinstance(listed, list) or len(listed) > MAX_URLS:
        raise _nonsense(request, "an ICE server in it has no urls")
    kept: list[str] = []
    for url in listed:
        if not _short(url) or not str(url).startswith(("stun:", "stuns:", "turn:", "turns:")):
            raise _nonsense(request, "an address in it is none of a STUN or TURN server")
        if not str(url).partition("?")[0].endswith(BLOCKED_PORT):
            kept.append(str(url))
    made: dict[str, Any] = {"urls": kept}
    for name in ("username", "credential"):
        value = server.get(name)
        if value is not None and not _short(value):
            raise _nonsense(request, f"a server's {name} in it is no text")
        if value is not None:
            made[name] = value
    if any(url.startswith("turn") for url in kept) and not {"username", "credential"} <= set(made):
        raise _nonsense(request, "a TURN server in it has no user name or no password")
    return made if kept else None


def _short(value: Json) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT


def _lifetime(told: Json, asked: int) -> float:
    """Return how long the credentials are valid: what the answer says, else what was asked."""
    seconds = _seconds(told) if isinstance(told, (str, int)) else None
    return float(asked) if seconds is None else seconds


def _seconds(value: str | int | None) -> float | None:
    """Read whole seconds; a date, which ``Retry-After`` may be too, is not worth the effort."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return None
    return float(text)
