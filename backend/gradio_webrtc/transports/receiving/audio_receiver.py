"""Receiving audio without the substrate's fixed delay.

aiortc's audio receiver prefetches four packets (80 ms), hands a packet on only when the next one is
there (20 ms), and stands still on a lost one until sixteen wait. That is right for a loudspeaker
and wrong for a server that feeds a model. This orders packets, releases each at once, decodes it
right here (about 0.05 ms), recovers what is lost from the packet behind it, and conceals the rest.
Where this process cannot keep up, what has become too old to be answered is dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket

from gradio_webrtc.media.audio.libopus import SAMPLE_RATE
from gradio_webrtc.media.audio.opus import OpusDecoder, packet_samples
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.receiving.jitter_buffer import AudioJitterBuffer, Event, Lost
from gradio_webrtc.media.audio.receiving.jitter_buffer import Packet as ReadyPacket
from gradio_webrtc.media.audio.receiving.loss_concealment import LossConcealer
from gradio_webrtc.media.audio.receiving.stale_packets import StalePackets

SEAM_SAMPLES = 480
"""10 ms between what was heard last and what follows dropped packets, so that it does not click."""


class AudioDecoder:
    """Orders, decodes and conceals Opus. A ``receiver.PacketSink``.

    A packet behind a lost one waits 60 ms at most, even when no further packet comes.

    Args:
        deliver: called on the event loop with each piece of audio.
        loop: the event loop.
        channels: 1 or 2, as the handler expects.
        stale: tells which packets are too old.
    """

    def __init__(
        self,
        deliver: Callable[[Pcm], None],
        loop: asyncio.AbstractEventLoop,
        channels: int,
        stale: StalePackets,
    ) -> None:
        self._deliver = deliver
        self._loop = loop
        self._buffer = AudioJitterBuffer(packet_samples)
        self._decoder = OpusDecoder(channels)
        self._concealer = LossConcealer(channels)
        self._stale = stale
        self._skipping = False
        self._timer: asyncio.TimerHandle | None = None

    def add(self, packet: RtpPacket, codec: RTCRtpCodecParameters) -> None:
        """Take one RTP packet."""
        now = self._loop.time()
        number, timestamp = packet.sequence_number, packet.timestamp
        if self._stale.drops(timestamp, SAMPLE_RATE, now):
            self._skipping = True
            return
        if self._skipping:
            self._skipping = False
            self._handle(self._buffer.restart(number, timestamp))
            self._hand_on(self._concealer.missing(SEAM_SAMPLES))
        self._handle(self._buffer.add(number, timestamp, packet.payload, now))

    def end(self) -> None:
        """Nothing: silence and the end of the connection are noticed elsewhere."""

    def close(self) -> None:
        """Stop waiting for late packets."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _handle(self, events: list[Event]) -> None:
        for number, event in enumerate(events, 1):
            if isinstance(event, ReadyPacket):
                self._hand_on(self._concealer.received(self._decoder.decode(event.payload)))
                continue
            after = events[number] if number < len(events) else None
            missing = event.samples
            recovered: Int16Array | None = None
            if isinstance(event, Lost) and isinstance(after, ReadyPacket):
                recovered = self._decoder.recover(after.payload, missing)
                missing -= recovered.shape[1]
            if missing:
                self._hand_on(self._concealer.missing(missing))
            if recovered is not None:
                self._hand_on(self._concealer.received(recovered))
        self.close()
        deadline = self._buffer.deadline
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._poll)

    def _hand_on(self, samples: Int16Array) -> None:
        if samples.shape[1]:
            self._deliver(Pcm(SAMPLE_RATE, samples))

    def _poll(self) -> None:
        self._timer = None
        self._handle(self._buffer.poll(self._loop.time()))
