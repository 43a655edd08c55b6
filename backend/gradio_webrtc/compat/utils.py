"""Published as ``fastrtc.utils``."""

from __future__ import annotations

from typing import Any, Protocol

from gradio_webrtc.compat.replaced import replaced
from gradio_webrtc.concurrency.waiting import wait_for_item
from gradio_webrtc.errors import WebRTCError
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream, split_emitted
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.json_values import Json
from gradio_webrtc.media.audio.conversion import (
    aggregate_bytes_to_16bit,
    async_aggregate_bytes_to_16bit,
    audio_to_bytes,
    audio_to_file,
    audio_to_float32,
    audio_to_int16,
)
from gradio_webrtc.session.context import Context, Warning, get_current_context
from gradio_webrtc.session.messages import Message, MessageType, encode
from gradio_webrtc.transports.ice.ice_servers import (
    RTCConfigurationSource as RTCConfigurationCallable,
)
from gradio_webrtc.turns.detection.vad import SpeechSegment as AudioChunk

__all__ = [
    "AUDIO_PTIME",
    "AdditionalOutputs",
    "AudioChunk",
    "CloseStream",
    "Context",
    "DataChannel",
    "RTCConfigurationCallable",
    "Warning",
    "WebRTCData",
    "WebRTCError",
    "aggregate_bytes_to_16bit",
    "async_aggregate_bytes_to_16bit",
    "audio_to_bytes",
    "audio_to_file",
    "audio_to_float32",
    "audio_to_int16",
    "create_message",
    "get_current_context",
    "split_output",
    "wait_for_item",
]

AUDIO_PTIME = 0.020
"""Seconds of audio in a packet."""


class DataChannel(Protocol):
    """What a handler's ``channel`` can do."""

    def send(self, message: str) -> None:
        """Send ``message`` to the client as it is."""
        ...


def create_message(type: MessageType, data: Json) -> str:
    """Return a control message as ``send_message`` takes it."""
    return encode(Message(type, data))


def split_output(data: Any) -> tuple[Any, AdditionalOutputs | CloseStream | None]:
    """Split what a handler emits into its media and what comes beside it, each maybe ``None``.

    Raises:
        MediaFormatError: a tuple that is neither audio nor such a pair.
    """
    emitted = split_emitted(data)
    return emitted.media, emitted.outputs or emitted.close


__getattr__ = replaced(
    "utils",
    {
        "WebRTCModel": "functions of Gradio events get a WebRTCData, or the connection's id.",
        "current_channel": "use get_current_context().send_message(text).",
        "current_context": "use get_current_context().",
        "player_worker_decode": "what a handler emits is decoded and played by the session.",
        "webrtc_error_handler": "what a handler raises ends its session, and the page is told; "
        "raise WebRTCError(text) for words of your own.",
    },
)
