"""Receiving audio that is not Opus: G.711 and G.722, for clients without Opus."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import av
import numpy as np
from aiortc.codecs import get_decoder
from aiortc.codecs.base import Decoder
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket

from gradio_webrtc.media.audio.pcm import Int16Array, Pcm, remix
from gradio_webrtc.media.audio.receiving.stale_packets import StalePackets
from gradio_webrtc.transports.aiortc_internals.receiving import put_in_order

logger = logging.getLogger(__name__)


class G7xxDecoder:
    """Orders packets as aiortc does, and decodes each where it arrives. A ``receiver.PacketSink``.

    Args:
        deliver: called on the event loop with each piece of audio.
        clock: the event loop's, in seconds.
        ended: called when the sender said goodbye.
        channels: 1 or 2, as the handler expects.
        stale: tells which packets are too old.
    """

    def __init__(
        self,
        deliver: Callable[[Pcm], None],
        clock: Callable[[], float],
        ended: Callable[[], None],
        channels: int,
        stale: StalePackets,
    ) -> None:
        self._deliver = deliver
        self._clock = clock
        self._ended: Callable[[], None] | None = ended
        self._channels = channels
        self._buffer = JitterBuffer(capacity=16, prefetch=4)
        self._decoders: dict[str, Decoder] = {}
        self._stale = stale

    def add(self, packet: RtpPacket, codec: RTCRtpCodecParameters) -> None:
        """Take one RTP packet."""
        if self._stale.drops(packet.timestamp, codec.clockRate, self._clock()):
            return
        encoded = put_in_order(self._buffer, packet)
        if encoded is None:
            return
        decoder = self._decoders.get(codec.mimeType)
        if decoder is None:
            decoder = self._decoders[codec.mimeType] = get_decoder(codec)
        try:
            frames: list[Any] = decoder.decode(encoded)
        except av.FFmpegError as error:
            logger.debug("a packet of sound cannot be decoded: %s", error)
            return
        for frame in frames:
            width = len(frame.layout.channels)
            samples: Int16Array = frame.to_ndarray().reshape(-1, width).T.astype(np.int16)
            self._deliver(Pcm(frame.sample_rate, remix(samples, self._channels)))

    def end(self) -> None:
        """Tell of the end, once."""
        ended, self._ended = self._ended, None
        if ended is not None:
            ended()
