"""What is asked of a provider of TURN servers, as data; nothing is sent here.

Sources: Cloudflare, "Generate Credentials"
(https://developers.cloudflare.com/realtime/turn/generate-credentials/); Twilio, "REST API: Network
Traversal Service Tokens" (https://www.twilio.com/docs/stun-turn/api). Hugging Face's service gives
anybody with a token there a share of Cloudflare's.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from gradio_webrtc.errors import ConfigurationError

logger = logging.getLogger(__name__)

TWILIO_SECONDS = 86_400
"""How long Twilio's are valid when nothing is asked for."""

MAX_TTL = 7 * 86_400
"""No provider's limit is beyond it: nothing longer is asked for."""

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_SECRET = re.compile(r"[\x21-\x7e]{1,4096}")

BASES = {
    "GRADIO_WEBRTC_HF_TURN_URL": "https://turn.fastrtc.org",
    "GRADIO_WEBRTC_CLOUDFLARE_TURN_URL": "https://rtc.live.cloudflare.com",
    "GRADIO_WEBRTC_TWILIO_URL": "https://api.twilio.com",
}
"""Environment variables that name where providers are reached, for a gateway of one's own."""


@dataclass(frozen=True)
class CredentialRequest:
    """One HTTP request for credentials. Equal requests have one answer; its text has no secret.

    Attributes:
        provider: its name, for messages.
        check: what to check when it refuses.
        ttl: seconds for which the credentials are asked for.
        extra: what the configuration has beside the servers.
    """

    provider: str
    check: str
    method: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    ttl: int = 600
    extra: tuple[tuple[str, str], ...] = ()


def hugging_face_request(token: str | None, ttl: int) -> CredentialRequest:
    """Ask for what comes with a token of Hugging Face; ``None`` is ``HF_TOKEN``.

    Raises:
        ConfigurationError: there is no token, or an argument cannot be right.
    """
    token = _given("token", token, "HF_TOKEN")
    if token is None:
        raise ConfigurationError(
            "No token for Hugging Face's TURN servers: pass token=..., or set the environment "
            "variable HF_TOKEN (https://huggingface.co/settings/tokens)."
        )
    ttl = _checked_ttl(ttl)
    return CredentialRequest(
        provider="Hugging Face",
        check="Check HF_TOKEN (https://huggingface.co/settings/tokens).",
        method="GET",
        url=f"{_base('GRADIO_WEBRTC_HF_TURN_URL')}/credentials?{urlencode({'ttl': ttl})}",
        headers=(_bearer("token", token),),
        ttl=ttl,
    )


def cloudflare_request(
    turn_key_id: str | None, turn_key_api_token: str | None, hf_token: str | None, ttl: int
) -> CredentialRequest:
    """Ask Cloudflare with a key of one's own, or Hugging Face.

    What is passed wins over what the environment has, and there ``HF_TOKEN`` over the key.

    Raises:
        ConfigurationError: the key or a part of it is missing, or an argument cannot be right.
    """
    if hf_token or not (turn_key_id or turn_key_api_token):
        hf_token = _given("hf_token", hf_token, "HF_TOKEN")
        if hf_token is not None:
            return hugging_face_request(hf_token, ttl)
    key_id = _given("turn_key_id", turn_key_id, "CLOUDFLARE_TURN_KEY_ID")
    api_token = _given("turn_key_api_token", turn_key_api_token, "CLOUDFLARE_TURN_KEY_API_TOKEN")
    if key_id is None or api_token is None:
        missing = [
            f"{name} (environment variable {variable})"
            for name, variable, value in (
                ("turn_key_id", "CLOUDFLARE_TURN_KEY_ID", key_id),
                ("turn_key_api_token", "CLOUDFLARE_TURN_KEY_API_TOKEN", api_token),
            )
            if value is None
        ]
        raise ConfigurationError(
            f"For Cloudflare's TURN servers {' and '.join(missing)} must be given. A token of "
            "Hugging Face, hf_token or HF_TOKEN, does instead of both."
        )
    if not _KEY_ID.fullmatch(key_id):
        raise ConfigurationError("turn_key_id is no key id of Cloudflare's: copy it once more.")
    ttl = _checked_ttl(ttl)
    base = _base("GRADIO_WEBRTC_CLOUDFLARE_TURN_URL")
    return CredentialRequest(
        provider="Cloudflare",
        check="Check CLOUDFLARE_TURN_KEY_ID and CLOUDFLARE_TURN_KEY_API_TOKEN: they are those of "
        "one TURN key, not of an account.",
        method="POST",
        url=f"{base}/v1/turn/keys/{key_id}/credentials/generate-ice-servers",
        headers=(
            _bearer("turn_key_api_token", api_token),
            ("Content-Type", "application/json"),
        ),
        content=json.dumps({"ttl": ttl}).encode(),
        ttl=ttl,
    )


def twilio_request(
    twilio_sid: str | None, twilio_token: str | None, *, relay_only: bool = True
) -> CredentialRequest:
    """Ask Twilio; ``None`` are ``TWILIO_ACCOUNT_SID`` and ``TWILIO_AUTH_TOKEN``.

    Raises:
        ConfigurationError: one is missing, or cannot be right.
    """
    sid = _given("twilio_sid", twilio_sid, "TWILIO_ACCOUNT_SID")
    token = _given("twilio_token", twilio_token, "TWILIO_AUTH_TOKEN")
    missing = [
        f"{name} (environment variable {variable})"
        for name, variable, value in (
            ("twilio_sid", "TWILIO_ACCOUNT_SID", sid),
            ("twilio_token", "TWILIO_AUTH_TOKEN", token),
        )
        if value is None
    ]
    if sid is None or token is None:
        raise ConfigurationError(
            f"For Twilio's TURN servers {' and '.join(missing)} must be given."
        )
    if not _KEY_ID.fullmatch(sid) or not _SECRET.fullmatch(token):
        raise ConfigurationError(
            "twilio_sid or twilio_token is not as Twilio's console shows it: copy them once more."
        )
    login = base64.b64encode(f"{sid}:{token}".encode()).decode()
    return CredentialRequest(
        provider="Twilio",
        check="Check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (https://console.twilio.com).",
        method="POST",
        url=f"{_base('GRADIO_WEBRTC_TWILIO_URL')}/2010-04-01/Accounts/{sid}/Tokens.json",
        headers=(("Authorization", f"Basic {login}"),),
        ttl=TWILIO_SECONDS,
        extra=(("iceTransportPolicy", "relay"),) if relay_only else (),
    )


def automatic_request(environment: Mapping[str, str], ttl: int) -> CredentialRequest | None:
    """Choose a provider by what ``environment`` has; ``None`` when it has none.

    A key of Cloudflare's TURN is there for nothing else, so it wins. ``HF_TOKEN`` counts on Spaces
    only: elsewhere it is there for downloads, and a developer's machine needs no TURN server.

    Raises:
        ConfigurationError: half of what a provider needs is there, or it cannot be right.
    """
    has = {name for name, value in environment.items() if value.strip()}
    if has & {"CLOUDFLARE_TURN_KEY_ID", "CLOUDFLARE_TURN_KEY_API_TOKEN"}:
        return cloudflare_request(
            environment.get("CLOUDFLARE_TURN_KEY_ID") or "",
            environment.get("CLOUDFLARE_TURN_KEY_API_TOKEN") or "",
            "",
            ttl,
        )
    if has >= {"SPACE_ID", "HF_TOKEN"}:
        return hugging_face_request(environment["HF_TOKEN"], ttl)
    if has >= {"TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"}:
        return twilio_request(
            environment["TWILIO_ACCOUNT_SID"], environment["TWILIO_AUTH_TOKEN"], relay_only=False
        )
    return None


def _given(name: str, value: str | None, variable: str) -> str | None:
    """Return ``value`` or that of the environment variable; ``None`` for an empty one."""
    if value is None:
        value = os.environ.get(variable)
    if value is None:
        return None
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} must be a str; got {type(value).__name__}.")
    return value.strip() or None


def _bearer(name: str, token: str) -> tuple[str, str]:
    # A line break in it would be a header of its own, and the client's error would quote it.
    if not _SECRET.fullmatch(token):
        raise ConfigurationError(
            f"{name} has characters that no token has, such as a space or a line break: copy it "
            "once more."
        )
    return ("Authorization", f"Bearer {token}")


def _checked_ttl(ttl: int) -> int:
    if isinstance(ttl, bool) or not isinstance(ttl, int) or ttl < 1:
        raise ConfigurationError(f"ttl must be a whole number of seconds, at least 1; got {ttl!r}.")
    if ttl > MAX_TTL:  # published apps ask for months
        logger.warning("ttl=%d is longer than any provider gives: a week is asked for.", ttl)
    return min(ttl, MAX_TTL)


def _base(variable: str) -> str:
    base = os.environ.get(variable, "").strip() or BASES[variable]
    parts = urlsplit(base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ConfigurationError(f"{variable} must be an address such as {BASES[variable]}.")
    return base.rstrip("/")
