"""Calling somebody: Twilio rings, and connects whoever answers with a mounted stream."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gradio_webrtc.errors import ConfigurationError, TelephoneError
from gradio_webrtc.transports.telephone.options import AUTH_TOKEN_VARIABLE
from gradio_webrtc.transports.telephone.twilio_library import make_client

if TYPE_CHECKING:
    from twilio.rest import Client

ACCOUNT_SID_VARIABLE = "TWILIO_ACCOUNT_SID"

_ADDRESS = re.compile(r"\+[1-9]\d{1,14}|(sip|client):\S{1,200}")
"""A number as ITU-T E.164 writes it, or a SIP or client address."""

RING_SECONDS = 60


def place_call(
    to: str,
    from_: str,
    url: str,
    *,
    account_sid: str | None = None,
    auth_token: str | None = None,
    ring_seconds: int = RING_SECONDS,
    client: Client | None = None,
) -> str:
    """Ring ``to``, and connect whoever answers with the stream at ``url``.

    Waits for Twilio's answer, which takes some hundred milliseconds: in async code use
    ``await asyncio.to_thread(place_call, ...)``.

    Args:
        to: whom to call, such as ``"+15550100"``; ``"sip:..."`` and ``"client:..."`` as well.
        from_: a number of the account.
        url: the stream's ``https://HOST{path}/telephone/incoming``, which Twilio asks what to do
            when somebody answers.
        account_sid: of the account; by default the environment variable ``TWILIO_ACCOUNT_SID``.
        auth_token: of the account; by default ``TWILIO_AUTH_TOKEN``.
        ring_seconds: how long it may ring, up to 600.
        client: a ``twilio.rest.Client`` of your own, for API keys, regions or subaccounts.

    Returns:
        Twilio's id of the call, ``CA...``.

    Raises:
        ConfigurationError: an argument cannot work, or no account is named.
        MissingTwilioError: the library ``twilio`` is not installed.
        TelephoneError: Twilio refused; the text has its reason.
    """
    for name, value in (("to", to), ("from_", from_)):
        if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
            raise ConfigurationError(
                f'{name} must be a number with its country code, such as "+15550100", or a "sip:" '
                f'or "client:" address, not {value!r}.'
            )
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
        raise ConfigurationError(
            'url must be where Twilio asks what to do, "https://HOST/PATH/telephone/incoming", '
            f"not {url!r}."
        )
    if not 0 < ring_seconds <= 600:
        raise ConfigurationError(f"ring_seconds must be from 1 to 600, not {ring_seconds!r}.")
    chosen = client or make_client(*_account(account_sid, auth_token))
    from twilio.base.exceptions import TwilioException, TwilioRestException

    try:
        call = chosen.calls.create(to=to, from_=from_, url=url, timeout=ring_seconds)
    except TwilioRestException as error:
        raise TelephoneError(
            f"Twilio does not place this call (HTTP {error.status}, code {error.code}): "
            f"{error.msg} See https://www.twilio.com/docs/api/errors/{error.code}."
        ) from error
    except TwilioException as error:
        raise TelephoneError(f"Twilio cannot place this call: {error}") from error
    return str(call.sid)


def _account(account_sid: str | None, auth_token: str | None) -> tuple[str, str]:
    sid = account_sid or os.environ.get(ACCOUNT_SID_VARIABLE, "")
    token = auth_token or os.environ.get(AUTH_TOKEN_VARIABLE, "")
    missing = [
        name
        for name, value in ((ACCOUNT_SID_VARIABLE, sid), (AUTH_TOKEN_VARIABLE, token))
        if not value
    ]
    if missing:
        raise ConfigurationError(
            f"To place calls set {' and '.join(missing)}, or pass account_sid and auth_token; both "
            "are on the first page of Twilio's console."
        )
    return sid, token
