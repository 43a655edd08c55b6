"""TURN servers of providers, with credentials for a short time: the functions an app calls.

Each may be an app's ``rtc_configuration`` itself: it is then called for each connection, and what
it returns is kept until shortly before it expires.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from gradio_webrtc.credentials.credential_cache import CACHE
from gradio_webrtc.credentials.credential_request import (
    CredentialRequest,
    cloudflare_request,
    hugging_face_request,
    twilio_request,
)
from gradio_webrtc.errors import ConfigurationError

if TYPE_CHECKING:
    import httpx

Method: TypeAlias = Literal["hf", "twilio", "cloudflare"]

_ARGUMENTS = {
    "hf": ("token", "ttl"),
    "twilio": ("twilio_sid", "twilio_token"),
    "cloudflare": ("turn_key_id", "turn_key_api_token", "hf_token", "ttl"),
}


def get_hf_turn_credentials(token: str | None = None, ttl: int = 600) -> dict[str, Any]:
    """Return TURN servers that Hugging Face gives to holders of a token.

    Args:
        token: of Hugging Face; by default the environment variable ``HF_TOKEN``.
        ttl: for how many seconds the credentials are valid. A connection that lasts longer may
            lose its relay.

    Returns:
        ``{"iceServers": [...]}``, as ``rtc_configuration`` takes it.

    Raises:
        ConfigurationError: there is no token.
        TurnCredentialsError: the service gave no credentials; the text says what to do.
    """
    return CACHE.get(hugging_face_request(token, ttl))


async def get_hf_turn_credentials_async(
    token: str | None = None, ttl: int = 600, client: httpx.AsyncClient | None = None
) -> dict[str, Any]:
    """Do as ``get_hf_turn_credentials`` without blocking.

    Args:
        token: of Hugging Face; by default the environment variable ``HF_TOKEN``.
        ttl: for how many seconds the credentials are valid.
        client: makes the request, instead of one for this time only.

    Raises:
        ConfigurationError: there is no token.
        TurnCredentialsError: the service gave no credentials; the text says what to do.
    """
    return await CACHE.aget(hugging_face_request(token, ttl), client)


def get_cloudflare_turn_credentials(
    turn_key_id: str | None = None,
    turn_key_api_token: str | None = None,
    hf_token: str | None = None,
    ttl: int = 600,
) -> dict[str, Any]:
    """Return Cloudflare's TURN servers, by a key of one's own or by a token of Hugging Face.

    What is passed wins over the environment, where ``HF_TOKEN`` wins over a key.

    Args:
        turn_key_id: by default the environment variable ``CLOUDFLARE_TURN_KEY_ID``.
        turn_key_api_token: by default ``CLOUDFLARE_TURN_KEY_API_TOKEN``.
        hf_token: by default ``HF_TOKEN``, unless a key is passed.
        ttl: for how many seconds the credentials are valid. A connection that lasts longer may
            lose its relay.

    Returns:
        ``{"iceServers": [...]}``, as ``rtc_configuration`` takes it.

    Raises:
        ConfigurationError: neither a key nor a token is there; the text names what is missing.
        TurnCredentialsError: the service gave no credentials; the text says what to do.
    """
    return CACHE.get(cloudflare_request(turn_key_id, turn_key_api_token, hf_token, ttl))


async def get_cloudflare_turn_credentials_async(
    turn_key_id: str | None = None,
    turn_key_api_token: str | None = None,
    hf_token: str | None = None,
    ttl: int = 600,
    client: httpx.AsyncClient | None = None,
) -> dict[str, Any]:
    """Do as ``get_cloudflare_turn_credentials`` without blocking.

    Args:
        turn_key_id: by default the environment variable ``CLOUDFLARE_TURN_KEY_ID``.
        turn_key_api_token: by default ``CLOUDFLARE_TURN_KEY_API_TOKEN``.
        hf_token: by default ``HF_TOKEN``, unless a key is passed.
        ttl: for how many seconds the credentials are valid.
        client: makes the request, instead of one for this time only.

    Raises:
        ConfigurationError: neither a key nor a token is there; the text names what is missing.
        TurnCredentialsError: the service gave no credentials; the text says what to do.
    """
    request = cloudflare_request(turn_key_id, turn_key_api_token, hf_token, ttl)
    return await CACHE.aget(request, client)


def get_twilio_turn_credentials(
    twilio_sid: str | None = None, twilio_token: str | None = None
) -> dict[str, Any]:
    """Return Twilio's TURN servers, valid for a day. The package ``twilio`` is not needed.

    Args:
        twilio_sid: the account's SID; by default the environment variable ``TWILIO_ACCOUNT_SID``.
        twilio_token: its auth token; by default ``TWILIO_AUTH_TOKEN``.

    Returns:
        ``{"iceServers": [...], "iceTransportPolicy": "relay"}``: with the policy, media always
        takes the relay. Leave it out to let it go directly where it can.

    Raises:
        ConfigurationError: the SID or the token is missing; the text says which.
        TurnCredentialsError: Twilio gave no credentials; the text says what to do.
    """
    return CACHE.get(twilio_request(twilio_sid, twilio_token))


def get_turn_credentials(
    method: Method = "cloudflare", **arguments: str | int | None
) -> dict[str, Any]:
    """Return the TURN servers of a provider.

    Args:
        method: ``"cloudflare"``, ``"hf"`` or ``"twilio"``.
        arguments: those of the provider's own function.

    Raises:
        ConfigurationError: the method or an argument is unknown, or something is missing.
        TurnCredentialsError: the provider gave no credentials; the text says what to do.
    """
    return CACHE.get(_request(method, arguments))


async def get_turn_credentials_async(
    method: Method = "cloudflare",
    *,
    client: httpx.AsyncClient | None = None,
    **arguments: str | int | None,
) -> dict[str, Any]:
    """Do as ``get_turn_credentials`` without blocking, Twilio's included.

    Args:
        method: ``"cloudflare"``, ``"hf"`` or ``"twilio"``.
        client: makes the request, instead of one for this time only.
        arguments: those of the provider's own function.

    Raises:
        ConfigurationError: the method or an argument is unknown, or something is missing.
        TurnCredentialsError: the provider gave no credentials; the text says what to do.
    """
    return await CACHE.aget(_request(method, arguments), client)


def _request(method: Method, arguments: dict[str, Any]) -> CredentialRequest:
    takes = _ARGUMENTS.get(method)
    if takes is None:
        listed = ", ".join(repr(name) for name in sorted(_ARGUMENTS))
        raise ConfigurationError(f"method must be one of {listed}; got {method!r}.")
    unknown = sorted(set(arguments) - set(takes))
    if unknown:
        raise ConfigurationError(
            f"method={method!r} takes {', '.join(takes)}, not {', '.join(unknown)}."
        )
    given = arguments.get
    if method == "twilio":
        return twilio_request(given("twilio_sid"), given("twilio_token"))
    ttl = given("ttl", 600)
    if method == "hf":
        return hugging_face_request(given("token"), ttl)
    return cloudflare_request(
        given("turn_key_id"), given("turn_key_api_token"), given("hf_token"), ttl
    )
