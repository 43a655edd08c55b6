"""Control messages: what the data channel carries, encoded and decoded.

The wire form is JSON ``{"type", "data"}``. ``error``, ``warning`` and ``info`` repeat their text in
``message``; ``end_stream`` adds a ``reason`` code and ``log`` is one event name. The fixtures in
``tests/contract/messages.json`` are decoded by this module and by ``frontend/lib/messages.ts``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.handlers.protocol import TurnLog
from gradio_webrtc.json_values import JsonObject

MAX_MESSAGE_BYTES = 16 * 1024
"""A client's control message may not be larger. Those of ours that have a bound are below three
kilobytes."""

MessageType = Literal[
    "send_input",
    "fetch_output",
    "end_stream",
    "stopword",
    "error",
    "warning",
    "info",
    "log",
    "update_connection",
    "ping",
    "submitted",
    "push_to_talk",
    "turn_timings",
    "playout",
]
MESSAGE_TYPES: tuple[str, ...] = get_args(MessageType)


@dataclass(frozen=True)
class Message:
    """One control message.

    ``reason`` is set on ``end_stream`` only: the value of the
    :class:`~gradio_webrtc.session.state.CloseReason` that tells a client why the stream ended.
    """

    type: MessageType
    data: Any = ""
    reason: str | None = None


def send_input() -> Message:
    """Ask the client for the current values of the other inputs."""
    return Message("send_input", [])


def fetch_output(count: int = 1) -> Message:
    """Tell the client that ``count`` more additional outputs are waiting."""
    return Message("fetch_output", [] if count == 1 else count)


def end_stream(text: str, reason: str) -> Message:
    """Tell the client that the stream is over, in words for the person and as a code."""
    return Message("end_stream", text, reason)


def error(text: str) -> Message:
    """Show ``text`` as an error."""
    return Message("error", text)


def warning(text: str) -> Message:
    """Show ``text`` as a warning."""
    return Message("warning", text)


def info(text: str) -> Message:
    """Show ``text`` as a piece of news."""
    return Message("info", text)


def log(event: TurnLog) -> Message:
    """Tell the client of a turn-taking event."""
    return Message("log", event)


def stopword(word: str) -> Message:
    """Tell the client that ``word``, which a reply waited for, was heard."""
    return Message("stopword", word)


def submitted(number: int) -> Message:
    """Tell the client that what it submitted under ``number`` has been taken."""
    return Message("submitted", number)


def is_pressed(message: Message) -> bool | None:
    """Return whether the person holds their button; ``None``: the message is about no button.

    Raises:
        InvalidMessageError: it says neither.
    """
    if message.type != "push_to_talk":
        return None
    if message.data not in ("pressed", "released"):
        raise InvalidMessageError('push_to_talk needs "pressed" or "released" as its "data".')
    return bool(message.data == "pressed")


def turn_timings(values: JsonObject) -> Message:
    """Tell the client when what happened in a turn, see ``TurnTimings.as_json``."""
    return Message("turn_timings", values)


def encode(message: Message) -> str:
    """Return the JSON text of ``message``."""
    body: dict[str, Any] = {"type": message.type, "data": message.data}
    if message.type in ("error", "warning", "info"):
        body["message"] = message.data
    if message.reason is not None:
        body["reason"] = message.reason
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def decode(text: str | bytes) -> Message:
    """Parse a client's message.

    Raises:
        InvalidMessageError: not JSON, larger than ``MAX_MESSAGE_BYTES``, or of an unknown type.
    """
    size = len(text)
    if size <= MAX_MESSAGE_BYTES and isinstance(text, str):
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_MESSAGE_BYTES:
        raise InvalidMessageError(
            f"A control message is too large; at most {MAX_MESSAGE_BYTES} bytes are accepted."
        )
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidMessageError("A control message must be JSON.") from None
    if not isinstance(body, dict) or body.get("type") not in MESSAGE_TYPES:
        known = ", ".join(MESSAGE_TYPES)
        raise InvalidMessageError(f'A control message needs a "type", one of: {known}.')
    reason = body.get("reason")
    return Message(
        type=body["type"],
        data=body.get("data", ""),
        reason=reason if isinstance(reason, str) else None,
    )
