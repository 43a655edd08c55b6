"""Whether a request about a call comes from Twilio: ``X-Twilio-Signature``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradio_webrtc.errors import InvalidSignatureError
from gradio_webrtc.transports.telephone.twilio_library import make_validator

HEADER = "x-twilio-signature"

MAX_SIGNATURE_CHARACTERS = 128
"""A SHA-1 in base64 has 28."""


def check_signature(
    auth_token: str,
    urls: Sequence[str],
    signature: str | None,
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Check that a request was signed with ``auth_token``.

    Args:
        auth_token: of the account; empty: nothing is checked.
        urls: by which Twilio may have asked, see ``public_address.signed_urls``.
        signature: the header's value.
        parameters: of the form that was posted; a websocket's handshake has none.

    Raises:
        InvalidSignatureError: it was not, or not signed at all.
        MissingTwilioError: the library that checks is not installed.
    """
    if not auth_token:
        return
    if not signature:
        raise InvalidSignatureError("The request has no X-Twilio-Signature.")
    validator = make_validator(auth_token)
    if len(signature) <= MAX_SIGNATURE_CHARACTERS and any(
        validator.validate(url, dict(parameters or {}), signature) for url in urls
    ):
        return
    raise InvalidSignatureError(
        "The X-Twilio-Signature is not this account's for this address. Compare the auth token, "
        "and the address at Twilio with the one that this server sees."
    )
