"""The answers to a call, in TwiML: https://www.twilio.com/docs/voice/twiml/stream. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gradio_webrtc.transports.telephone.options import TelephoneOptions
from gradio_webrtc.transports.telephone.twilio_library import make_voice_response

if TYPE_CHECKING:
    from twilio.twiml.voice_response import VoiceResponse

MEDIA_TYPE = "application/xml"


def connecting(url: str, options: TelephoneOptions, parameters: Mapping[str, str]) -> str:
    """Return the TwiML that connects a call with the websocket at ``url``, both ways.

    Twilio gives ``parameters`` to the websocket; it would not do that with a query of ``url``.

    What comes after ``<Connect>`` happens when this server closes the websocket; then Twilio hangs
    up, because nothing is left to do.
    """
    response = make_voice_response()
    _say(response, options.greeting, options)
    stream = response.connect().stream(url=url)
    for name, value in parameters.items():
        stream.parameter(name=name, value=value)
    _say(response, options.goodbye, options)
    return str(response)


def busy(options: TelephoneOptions) -> str:
    """Return the TwiML that says that every place is taken, and hangs up.

    Spoken and not ``<Reject reason="busy">``: whoever calls learns that it is worth calling again.
    """
    response = make_voice_response()
    _say(response, options.busy, options)
    response.hangup()
    return str(response)


def _say(response: VoiceResponse, words: str, options: TelephoneOptions) -> None:
    if words:
        voice = {"voice": options.voice} if options.voice else {}
        response.say(words, language=options.language, **voice)
