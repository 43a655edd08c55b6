"""The published websocket messages, and what we add: formats, ``started`` and ``clear``."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

import numpy as np

from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.json_values import Json
from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.media.audio.opus import FRAME_SAMPLES, OpusDecoder, OpusEncoder
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.transports.sockets.codec import (
    Heard,
    Ignored,
    Pinged,
    Said,
    SocketEvent,
    Stopped,
    audio_bytes,
    json_object,
)
from gradio_webrtc.transports.websocket.audio_format import SocketAudioFormat, read_formats

PONG = '{"event":"pong"}'
CLEAR = '{"event":"clear"}'

MAX_OPUS_BYTES = 8 * 1024
"""A packet has 1275 bytes a frame, and 120 ms at most (RFC 6716)."""


class WebSocketCodec:
    """One websocket's messages; a ``sockets.codec.SocketCodec``.

    A client that asks for a format, be it ``{}``, knows of what we add to the published protocol:
    it is told ``started`` and ``clear``. Any other gets what it was written for.

    Args:
        asked: the ``format`` of its ``start``; ``None`` without one.
        audio: what the handler receives and emits, whose rates are used unless others are asked.

    Raises:
        InvalidFormatError: it asks for what there is not.
    """

    def __init__(self, asked: Json, audio: AudioFormat) -> None:
        self._extended = asked is not None
        self.input, self.output = read_formats(asked, audio)
        self.sample_rate = self.output.sample_rate
        self._decoder = OpusDecoder() if self.input.encoding == "opus" else None
        self._encoder = OpusEncoder() if self.output.encoding == "opus" else None
        self._sent = 0
        self.opening: Sequence[str] = (_started(self.input, self.output),) * self._extended

    def parse(self, text: str) -> SocketEvent:
        """Return what a client's message means."""
        message = json_object(text)
        event = message.get("event")
        if event == "media":
            media = message.get("media")
            if not isinstance(media, dict):
                raise InvalidMessageError('A "media" event needs {"media": {"payload": base64}}.')
            return self._audio(audio_bytes(media.get("payload")))
        if event == "ping":
            return Pinged(PONG)
        if event == "stop":
            return Stopped()
        if event == "start":
            raise InvalidMessageError('This websocket has started; a second "start" is ignored.')
        if event is None and "type" in message:
            return Said(text)
        raise InvalidMessageError(
            'A message needs an "event", one of: media, ping, stop; or a "type" as on the data '
            "channel."
        )

    def media(self, samples: Int16Array) -> Sequence[str]:
        """Return the message that carries 20 ms of audio."""
        payload = base64.b64encode(self._encoded(samples)).decode("ascii")
        return (f'{{"event":"media","media":{{"payload":"{payload}"}}}}',)

    def message(self, text: str) -> str:
        """Return a channel message, which goes as it is."""
        return text

    def clear(self) -> str | None:
        """Return the event that a client which knows of it gets."""
        return CLEAR if self._extended else None

    def _audio(self, data: bytes) -> SocketEvent:
        if self._decoder is not None:
            if len(data) > MAX_OPUS_BYTES:
                raise InvalidMessageError(
                    f"An Opus packet has at most {MAX_OPUS_BYTES} bytes; send one in each message."
                )
            samples = self._decoder.decode(data)
            if data and not samples.shape[1]:
                raise InvalidMessageError('"payload" is not an Opus packet.')
        elif self.input.encoding == "pcm16":
            if len(data) % 2:
                raise InvalidMessageError('"payload" must be whole samples of two bytes.')
            samples = np.frombuffer(data, "<i2").astype(np.int16, copy=False)[np.newaxis]
        else:
            samples = mu_law.decode(data)
        if not samples.shape[1]:
            return Ignored()
        return Heard(Pcm(self.input.sample_rate, samples))

    def _encoded(self, samples: Int16Array) -> bytes:
        if self._encoder is not None:
            packet = self._encoder.encode(samples, self._sent)
            self._sent += FRAME_SAMPLES
            return bytes(packet)
        if self.output.encoding == "pcm16":
            little: bytes = samples.astype("<i2", copy=False).tobytes()
            return little
        return mu_law.encode(samples)


def _started(heard: SocketAudioFormat, sent: SocketAudioFormat) -> str:
    formats = {"input": heard.as_json(), "output": sent.as_json()}
    return json.dumps({"event": "started", "format": formats}, separators=(",", ":"))
