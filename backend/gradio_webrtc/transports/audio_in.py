"""Receiving audio without the substrate's fixed delay.

aiortc's audio receiver prefetches four packets (80 ms), hands a packet on only when the next one is
there (20 ms), and stands still on a lost one until sixteen wait. That is right for a loudspeaker
and wrong for a server that feeds a model. An object with the jitter buffer's one method takes its
place: it orders packets, releases each at once, decodes it right here (about 0.05 ms) and conceals
losses. The receiver's own decoder thread then never gets work.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from aiortc import RTCRtpReceiver
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from gradio_webrtc.media.conceal import Concealer
from gradio_webrtc.media.jitter import AudioJitterBuffer, Event
from gradio_webrtc.media.jitter import Packet as ReadyPacket
from gradio_webrtc.media.opus import SAMPLE_RATE, OpusDecoder, packet_samples
from gradio_webrtc.media.pcm import Int16Array, Pcm, remix
from gradio_webrtc.session.transport import TransportListener

logger = logging.getLogger(__name__)

_JITTER_BUFFER = "_RTCRtpReceiver__jitter_buffer"


def take_over(receiver: RTCRtpReceiver, decoder: AudioDecoder) -> bool:
    """Make ``receiver`` hand its packets to ``decoder``; return whether it could be done.

    The attribute is private to aiortc. When a later version has no such attribute the caller reads
    the track in the ordinary way: slower by 100 ms, but right.
    """
    if not hasattr(receiver, _JITTER_BUFFER):
        logger.warning("this aiortc has no replaceable jitter buffer; audio arrives 100 ms later")
        return False
    setattr(receiver, _JITTER_BUFFER, decoder)
    return True


class AudioDecoder:
    """Orders, decodes and conceals; stands in for aiortc's jitter buffer.

    A packet behind a lost one waits 60 ms at most, even when no further packet comes.

    Args:
        deliver: called on the event loop with each piece of sound.
        loop: the event loop.
        channels: 1 or 2, as the handler expects.
    """

    def __init__(
        self,
        deliver: Callable[[Pcm], None],
        loop: asyncio.AbstractEventLoop,
        channels: int,
    ) -> None:
        self._deliver = deliver
        self._loop = loop
        self._buffer = AudioJitterBuffer(packet_samples)
        self._decoder = OpusDecoder(channels)
        self._concealer = Concealer(channels)
        self._timer: asyncio.TimerHandle | None = None

    def add(self, packet: Any) -> tuple[bool, None]:
        """Take one RTP packet; the answer says: no picture is lost, and nothing to decode."""
        now = self._loop.time()
        self._handle(
            self._buffer.add(packet.sequence_number, packet.timestamp, packet._data, now)
        )
        return False, None

    def close(self) -> None:
        """Stop waiting for late packets."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _handle(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, ReadyPacket):
                samples = self._concealer.received(self._decoder.decode(event.payload))
            else:
                samples = self._concealer.missing(event.samples)
            if samples.shape[1]:
                self._deliver(Pcm(SAMPLE_RATE, samples))
        self.close()
        deadline = self._buffer.deadline
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._poll)

    def _poll(self) -> None:
        self._timer = None
        self._handle(self._buffer.poll(self._loop.time()))


async def read_audio(track: MediaStreamTrack, listener: TransportListener, channels: int) -> None:
    """Read a track in the ordinary way, for codecs other than Opus."""
    try:
        while True:
            frame: Any = await track.recv()
            width = len(frame.layout.channels)
            samples: Int16Array = frame.to_ndarray().reshape(-1, width).T.astype(np.int16)
            listener.on_audio(Pcm(frame.sample_rate, remix(samples, channels)))
    except MediaStreamError:
        listener.on_input_ended("audio")
