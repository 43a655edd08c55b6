"""A client that sends packets of its own making through a real connection."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import av
import numpy as np
import pylibsrtp
from aiortc.codecs import is_rtx
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import VideoFrame
from av.frame import Frame

from tests.support.client import LoopbackClient


class SilentTrack(MediaStreamTrack):
    """A track that never has a frame."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._stopped = asyncio.Event()

    async def recv(self) -> Frame:
        """Wait for the end."""
        await self._stopped.wait()
        raise MediaStreamError

    def stop(self) -> None:
        """End."""
        super().stop()
        self._stopped.set()


class RawMedia:
    """Sends RTP, RTCP and SCTP as bytes in place of one of a connected client's tracks."""

    def __init__(self, client: LoopbackClient, kind: str = "video") -> None:
        found = [each for each in client.pc.getTransceivers() if each.kind == kind]
        self._transport: Any = found[0].sender.transport
        self.ssrc = found[0].sender._ssrc
        agreed: Any = found[0]._codecs
        self.codecs: dict[str, int] = {codec.name: codec.payloadType for codec in agreed}
        self.rtx: dict[int, int] = {
            codec.parameters["apt"]: codec.payloadType for codec in agreed if is_rtx(codec)
        }
        self.sequence = 1000
        self.timestamp = 1 << 20

    async def send(self, data: bytes) -> None:
        """Send one RTP or RTCP packet, encrypted, unless libsrtp itself refuses it."""
        with contextlib.suppress(pylibsrtp.Error):
            await self._transport._send_rtp(data)

    async def send_sctp(self, data: bytes) -> None:
        """Send one SCTP packet, encrypted."""
        await self._transport._send_data(data)

    async def frame(self, codec: str, payloads: Sequence[bytes], ssrc: int | None = None) -> None:
        """Send the packets of one frame, a thirtieth of a second after the last."""
        for number, payload in enumerate(payloads):
            last = number == len(payloads) - 1
            await self.send(self.packet(self.codecs[codec], payload, marker=last, ssrc=ssrc))
        self.timestamp = (self.timestamp + 3000) % 2**32

    def packet(
        self,
        payload_type: int,
        payload: bytes,
        *,
        marker: bool = False,
        ssrc: int | None = None,
        extension: bytes = b"",
        padded: bool = False,
    ) -> bytes:
        """Return the next RTP packet."""
        flags = 0x80 | bool(extension) << 4 | padded << 5
        header = struct.pack(
            "!BBHLL",
            flags,
            marker << 7 | payload_type,
            self.sequence,
            self.timestamp,
            self.ssrc if ssrc is None else ssrc,
        )
        self.sequence = (self.sequence + 1) % 2**16
        return header + extension + payload


@lru_cache
def vp8_key_frame(width: int, height: int) -> tuple[bytes, ...]:
    """Return the RTP payloads of a key frame of grey."""
    return tuple(Vp8Encoder._packetize(encoded("libvpx", width, height), 1))


@lru_cache
def h264_key_frame(width: int, height: int) -> tuple[bytes, ...]:
    """Return the RTP payloads of a key frame of grey, parameter sets among them."""
    data = encoded("libx264", width, height)
    return tuple(H264Encoder._packetize(H264Encoder._split_bitstream(data)))


@lru_cache
def encoded(codec: str, width: int, height: int) -> bytes:
    """Return one key frame of grey."""
    return next(encode(codec, width, height, 1))


def encode(codec: str, width: int, height: int, count: int) -> Iterator[bytes]:
    """Yield ``count`` frames of grey, the first one a key frame."""
    context: Any = av.CodecContext.create(codec, "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.gop_size = 3000
    tuned = {"tune": "zerolatency", "preset": "ultrafast"}
    realtime = {"deadline": "realtime", "cpu-used": "-8", "lag-in-frames": "0"}
    context.options = tuned if codec == "libx264" else realtime
    for number in range(count):
        array = np.full((height * 3 // 2, width), 100 + number % 50, np.uint8)
        frame = VideoFrame.from_ndarray(array, "yuv420p")
        frame.pts = number
        yield b"".join(bytes(packet) for packet in context.encode(frame))
