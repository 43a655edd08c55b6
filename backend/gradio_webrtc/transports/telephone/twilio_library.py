"""The library ``twilio``, which is loaded when a call first needs it, or an error that says how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradio_webrtc.errors import MissingTwilioError

if TYPE_CHECKING:
    from twilio.request_validator import RequestValidator
    from twilio.rest import Client
    from twilio.twiml.voice_response import VoiceResponse

COMMAND = 'pip install "gradio_webrtc[phone]"'


def make_validator(auth_token: str) -> RequestValidator:
    """Return what checks the signatures of an account.

    Raises:
        MissingTwilioError: the library is not installed.
    """
    try:
        from twilio.request_validator import RequestValidator
    except ImportError as error:
        raise _missing("the signatures of calls cannot be checked") from error
    return RequestValidator(auth_token)


def make_voice_response() -> VoiceResponse:
    """Return an empty answer to a call.

    Raises:
        MissingTwilioError: the library is not installed.
    """
    try:
        from twilio.twiml.voice_response import VoiceResponse
    except ImportError as error:
        raise _missing("calls cannot be answered") from error
    return VoiceResponse()


def make_client(account_sid: str, auth_token: str) -> Client:
    """Return a client of Twilio's REST API.

    Raises:
        MissingTwilioError: the library is not installed.
    """
    try:
        from twilio.rest import Client
    except ImportError as error:
        raise _missing("calls cannot be placed") from error
    return Client(account_sid, auth_token)


def _missing(what: str) -> MissingTwilioError:
    return MissingTwilioError(f"Without the library twilio {what}. Install it with: {COMMAND}")
