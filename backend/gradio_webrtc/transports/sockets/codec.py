"""What a socket's messages mean: a codec is pure, and the transport alone does something."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gradio_webrtc.errors import InvalidMessageError, MessageTooLargeError
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm

MAX_MESSAGE_CHARACTERS = 128 * 1024
"""Larger messages are not looked at: a second of 48 kHz in 16 bits takes 125 KiB as base64."""


@dataclass(frozen=True)
class SocketEvent:
    """Something that a client sent, understood. A codec may have events of its own."""


@dataclass(frozen=True)
class Heard(SocketEvent):
    """Audio that it sent."""

    pcm: Pcm


@dataclass(frozen=True)
class Said(SocketEvent):
    """A control message that it sent, ``{"type", "data"}``, unparsed."""

    text: str


@dataclass(frozen=True)
class Pinged(SocketEvent):
    """A sign of life that wants ``answer`` back."""

    answer: str


@dataclass(frozen=True)
class Stopped(SocketEvent):
    """The client is done."""


@dataclass(frozen=True)
class Ignored(SocketEvent):
    """Known, and of no interest."""


class SocketCodec(Protocol):
    """One connection's messages, both ways. No I/O and no clock.

    Attributes:
        sample_rate: in Hz, of the frames that ``media`` takes.
        opening: is sent first, as it is.
    """

    sample_rate: int
    opening: Sequence[str]

    def parse(self, text: str) -> SocketEvent:
        """Return what ``text``, at most ``MAX_MESSAGE_CHARACTERS`` long, means.

        Raises:
            InvalidMessageError: it means nothing; in words for whoever wrote the client.
        """
        ...

    def media(self, samples: Int16Array) -> Sequence[str]:
        """Return the messages that carry 20 ms of audio, int16 of shape ``(1, samples)``."""
        ...

    def message(self, text: str) -> str | None:
        """Return what carries a control message; ``None`` if nothing does."""
        ...

    def clear(self) -> str | None:
        """Return what tells the client to drop what it has not played, or ``None``.

        Called when the handler's audio is dropped, once for all that was sent since the last time.
        """
        ...


def checked_text(message: str | bytes) -> str:
    """Return a message that is text and not too large to be looked at.

    Raises:
        InvalidMessageError: it is bytes.
        MessageTooLargeError: it is larger than ``MAX_MESSAGE_CHARACTERS``.
    """
    if len(message) > MAX_MESSAGE_CHARACTERS:
        raise MessageTooLargeError(
            f"A message is too large; at most {MAX_MESSAGE_CHARACTERS} characters are accepted. "
            "Send sound in pieces of 20 to 100 ms."
        )
    if isinstance(message, bytes):
        raise InvalidMessageError("A message must be text; sound goes into it as base64.")
    return message


def json_object(text: str) -> JsonObject:
    """Return the JSON object that ``text`` is.

    Raises:
        InvalidMessageError: it is none.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidMessageError("A message must be JSON.") from None
    if not isinstance(body, dict):
        raise InvalidMessageError("A message must be a JSON object.")
    return body


def audio_bytes(payload: Json) -> bytes:
    """Return what ``payload``, base64 text, stands for.

    Raises:
        InvalidMessageError: it is none.
    """
    if not isinstance(payload, str):
        raise InvalidMessageError('"payload" must be sound as base64 text.')
    try:
        return base64.b64decode(payload, validate=True)
    except ValueError:
        raise InvalidMessageError('"payload" is not base64.') from None
