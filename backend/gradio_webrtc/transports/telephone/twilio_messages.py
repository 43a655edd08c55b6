"""The messages of Twilio's Media Streams, parsed and made. Pure.

One JSON object with an ``event`` in each text frame of a websocket, as
https://www.twilio.com/docs/voice/media-streams/websocket-messages describes them. Twilio sends
``connected``, ``start``, then ``media``, ``dtmf`` and ``mark``, and ``stop`` at the end; it takes
``media``, ``mark`` and ``clear``.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from gradio_webrtc.errors import InvalidIdError, InvalidMessageError
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.session.ids import check_id
from gradio_webrtc.transports.sockets.codec import SocketEvent

SAMPLE_RATE = 8_000
"""In Hz, of the mu-law in both directions."""

MAX_CHARACTERS = 16 * 1024
"""Longest message that is parsed: one of Twilio's has 300 to 2000, and this is 1.5 s of audio."""

MAX_PARAMETERS = 32
MAX_PARAMETER_CHARACTERS = 512
"""Twilio's own limit for a parameter's name and value together is 500."""

DIGITS = frozenset("0123456789*#ABCDabcd")
"""The sixteen keys of ITU-T Q.23."""


@dataclass(frozen=True)
class Connected:
    """The websocket is open; ``start`` follows."""


@dataclass(frozen=True)
class Start:
    """A call begins.

    Attributes:
        stream_sid: Twilio's id of this stream, ``MZ...``; what is sent back names it.
        call_sid: of the call, ``CA...``, or empty.
        parameters: the ``<Parameter>`` elements of the TwiML.
    """

    stream_sid: str
    call_sid: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Media:
    """What the caller said: mu-law at ``SAMPLE_RATE``, one byte a sample."""

    payload: bytes


@dataclass(frozen=True)
class Mark(SocketEvent):
    """All audio that was sent before this mark has been played, or was cleared."""

    name: str


@dataclass(frozen=True)
class Dtmf(SocketEvent):
    """The caller pressed a key: one of ``0`` to ``9``, ``*``, ``#`` and ``A`` to ``D``."""

    digit: str


@dataclass(frozen=True)
class Stop:
    """The call is over."""


Incoming: TypeAlias = Connected | Start | Media | Mark | Dtmf | Stop | None
"""What Twilio says; ``None`` is an event this package does not know, which it may add."""


def parse(text: str) -> Incoming:
    """Return what a message says.

    Raises:
        InvalidMessageError: it is longer than ``MAX_CHARACTERS``, no JSON object with an ``event``,
            or lacks what its event needs.
    """
    if len(text) > MAX_CHARACTERS:
        raise InvalidMessageError(
            f"A message of a call may have {MAX_CHARACTERS} characters, not {len(text)}."
        )
    try:
        body: Json = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidMessageError("A message of a call must be JSON.") from None
    if not isinstance(body, dict) or not isinstance(body.get("event"), str):
        raise InvalidMessageError('A message of a call must be an object with an "event".')
    event = body["event"]
    if event == "media":  # fifty times a second
        return _media(_part(body, "media"))
    if event == "mark":
        return Mark(_text(_part(body, "mark"), "name"))
    if event == "start":
        return _start(body, _part(body, "start"))
    if event == "dtmf":
        return _dtmf(_part(body, "dtmf"))
    if event == "stop":
        return Stop()
    return Connected() if event == "connected" else None


def media(stream_sid: str, payload: bytes) -> str:
    """Return the message that plays mu-law behind what is queued."""
    encoded = base64.b64encode(payload).decode("ascii")
    return _encode({"event": "media", "streamSid": stream_sid, "media": {"payload": encoded}})


def mark(stream_sid: str, name: str) -> str:
    """Return the message that comes back as ``Mark`` when what was sent before has been played."""
    return _encode({"event": "mark", "streamSid": stream_sid, "mark": {"name": name}})


def clear(stream_sid: str) -> str:
    """Return the message that drops what is queued; the marks among it come back at once."""
    return _encode({"event": "clear", "streamSid": stream_sid})


def _start(body: JsonObject, start: JsonObject) -> Start:
    # Twilio names the stream twice; clients written for other servers name it at the top only.
    try:
        sid = check_id(start.get("streamSid", body.get("streamSid")))
    except InvalidIdError:
        raise InvalidMessageError(
            'A call\'s streamSid must be 1 to 128 characters out of letters, digits and "_.:-".'
        ) from None
    layout = start.get("mediaFormat")
    if isinstance(layout, Mapping):
        spoken = (layout.get("encoding"), layout.get("sampleRate"), layout.get("channels"))
        if spoken[0] != "audio/x-mulaw" or str(spoken[1]) != str(SAMPLE_RATE):
            raise InvalidMessageError("A call's mediaFormat must be audio/x-mulaw at 8000 Hz.")
        if str(spoken[2]) not in ("1", "None"):
            raise InvalidMessageError("A call's mediaFormat must have one channel.")
    call = start.get("callSid")
    return Start(
        sid, call if isinstance(call, str) and len(call) <= 128 else "", _parameters(start)
    )


def _parameters(start: JsonObject) -> Mapping[str, str]:
    given = start.get("customParameters")
    if not isinstance(given, Mapping):
        return {}
    kept = {name: value for name, value in given.items() if isinstance(value, str)}
    if len(kept) > MAX_PARAMETERS or any(
        len(name) + len(value) > MAX_PARAMETER_CHARACTERS for name, value in kept.items()
    ):
        raise InvalidMessageError("A call has more or longer customParameters than Twilio sends.")
    return kept


def _media(body: JsonObject) -> Media | None:
    # "outbound" is what is played to the caller, which a fork of the call would send as well.
    if body.get("track", "inbound") not in ("inbound", "inbound_track"):
        return None
    try:
        return Media(base64.b64decode(_text(body, "payload"), validate=True))
    except (binascii.Error, ValueError):
        raise InvalidMessageError("The payload of media must be base64.") from None


def _dtmf(body: JsonObject) -> Dtmf:
    digit = _text(body, "digit")
    if digit not in DIGITS:
        raise InvalidMessageError("The digit of dtmf must be a key of a telephone.")
    return Dtmf(digit.upper())


def _part(body: JsonObject, name: str) -> JsonObject:
    part = body.get(name)
    if not isinstance(part, Mapping):
        raise InvalidMessageError(f'The event "{name}" needs an object "{name}".')
    return part


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise InvalidMessageError(f'"{name}" must be text.')
    return value


def _encode(message: JsonObject) -> str:
    return json.dumps(message, separators=(",", ":"))
