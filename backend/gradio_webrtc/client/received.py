"""What a client receives: audio, video, messages, outputs, and the end of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import av

from gradio_webrtc.client.feed import Feed
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.media.video.frames import FrameFormat, ImageArray, to_array

KEPT_AUDIO = 3_000
"""A minute in pieces of 20 ms."""
KEPT_VIDEO = 10
"""A frame of 1280x720 holds 1.4 MB."""
KEPT_MESSAGES = 1_000


@dataclass(frozen=True, eq=False)
class ReceivedAudio:
    """A piece of audio, usually 20 ms.

    Attributes:
        sample_rate: in Hz; 48000 by WebRTC.
        samples: int16 of shape ``(channels, n)``.
        at: when it came, on the event loop's clock.
    """

    sample_rate: int
    samples: Int16Array
    at: float

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1]) / self.sample_rate


@dataclass(frozen=True, eq=False)
class ReceivedFrame:
    """A frame of video, converted when it is asked for.

    Attributes:
        frame: as it was decoded.
        at: when it came, on the event loop's clock.
    """

    frame: av.VideoFrame
    at: float

    def to_array(self, frame_format: FrameFormat = "rgb24") -> ImageArray:
        """Return ``uint8`` of shape ``(height, width, 3)``, for ``"gray"`` ``(height, width)``."""
        return to_array(self.frame, frame_format)


@dataclass(frozen=True)
class ReceivedMessage:
    """A message of the server's, or a text of the handler's.

    Attributes:
        text: as it came.
        type: ``"log"``, ``"error"``, ``"end_stream"``...; empty where ``text`` is none of those.
        data: what it says.
        reason: of ``"end_stream"``: the code of the ending.
        at: when it came, on the event loop's clock.
    """

    text: str = field(repr=False)
    type: str
    data: Json
    reason: str | None = None
    at: float = field(default=0.0, repr=False)

    @classmethod
    def of(cls, text: str, at: float) -> ReceivedMessage:
        """Return what ``text`` says."""
        body = _object(text)
        if body is None or not isinstance(kind := body.get("type"), str):
            return cls(text, "", text, None, at)
        reason = body.get("reason")
        return cls(text, kind, body.get("data"), reason if isinstance(reason, str) else None, at)


@dataclass(frozen=True)
class ReceivedOutput:
    """Something that the handler said beside the stream, as the app passed it on.

    Attributes:
        value: of an app's own route, JSON or else the text; of a Gradio app, what the listener of
            ``on_additional_outputs`` returned: a list with a value for each of its outputs.
        at: when it came, on the event loop's clock.
    """

    value: Any
    at: float = field(default=0.0, repr=False)


@dataclass(frozen=True)
class Ending:
    """How a call ended.

    Attributes:
        reason: ``"client_closed"`` when it was hung up here; else the server's code, or
            ``"peer_lost"`` when the connection broke.
        text: words for the person.
    """

    reason: str
    text: str = ""


class Received:
    """Everything that one call receives; the links put it here.

    Attributes:
        audio, video, messages, outputs: what came.
        over: is set to how the call ended.
    """

    def __init__(self) -> None:
        self.audio: Feed[ReceivedAudio] = Feed("audio", KEPT_AUDIO)
        self.video: Feed[ReceivedFrame] = Feed("frame", KEPT_VIDEO)
        self.messages: Feed[ReceivedMessage] = Feed("message", KEPT_MESSAGES)
        self.outputs: Feed[ReceivedOutput] = Feed("output", KEPT_MESSAGES)
        self.over: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def take_text(self, text: str) -> None:
        """A message came; some of them end the call."""
        message = ReceivedMessage.of(text, asyncio.get_running_loop().time())
        self.messages.put(message)
        if message.type == "end_stream":
            self.end(Ending(message.reason or "handler_finished", str(message.data or "")))
        elif message.type == "update_connection" and message.data == "closed":
            self.end(Ending("app_closed"))

    def end(self, ending: Ending) -> None:
        """The call is over; the first ending counts."""
        if self.over.done():
            return
        self.over.set_result(ending)
        for feed in (self.audio, self.video, self.messages):
            feed.end(ending.reason)


def _object(text: str) -> JsonObject | None:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
