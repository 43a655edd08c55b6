"""Everything that reads what a connected client sends, one function each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiortc import rtcsctptransport as sctp
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtcpPacket, RtcpRtpfbPacket, RtpPacket
from google_crc32c import value as crc32c
from hypothesis import strategies as st

from gradio_webrtc.errors import InvalidMessageError
from gradio_webrtc.handlers.protocol import AudioFormat
from gradio_webrtc.media.audio.receiving.jitter_buffer import AudioJitterBuffer
from gradio_webrtc.media.video.encoded_video import DEPACKETISERS, Codec, announced_size, is_key
from gradio_webrtc.media.video.jitter_buffer import VideoJitterBuffer, VideoPacket
from gradio_webrtc.media.video.sending.retransmission import Retransmissions
from gradio_webrtc.session.messages import decode
from gradio_webrtc.transports.sctp_checks import check_packet
from gradio_webrtc.transports.telephone.twilio_messages import parse
from gradio_webrtc.transports.websocket.codec import WebSocketCodec
from proof import packet_shapes as shapes

FRAME_TICKS, FRAME_SECONDS = 960, 0.02

DATAGRAM_MS, FLOW_MS = 50.0, 0.5
"""What a datagram of whatever size may cost; and a packet on average, while they come in whatever
order. A packet of a data channel takes as much as the latter."""


@dataclass(frozen=True)
class Reader:
    """What reads packets.

    Attributes:
        name: what they are.
        packets: such packets, or flows of many.
        read: reads one.
        refusals: what it may raise.
        max_ms: what one may cost, in ms of CPU time; a flow's packets on average.
        flow: whether ``packets`` are flows.
    """

    name: str
    packets: st.SearchStrategy[Any]
    read: Callable[[Any], None]
    refusals: type[Exception] = ValueError
    max_ms: float = DATAGRAM_MS
    flow: bool = False

    @property
    def unit(self) -> str:
        """What the length of a packet is counted in."""
        return "steps" if self.flow else "bytes"

    def count(self, packet: Any) -> int:
        """Return how many packets ``packet`` is."""
        return sum(times for *_, times in packet) if self.flow else 1


def _negotiated() -> HeaderExtensionsMap:
    known = HeaderExtensionsMap()
    known.configure(
        RTCRtpParameters(
            headerExtensions=[
                RTCRtpHeaderExtensionParameters(id=number, uri=uri)
                for number, uri in enumerate(shapes.EXTENSION_URIS, start=1)
            ]
        )
    )
    return known


_EXTENSIONS = _negotiated()


def _rtp(data: bytes) -> None:
    RtpPacket.parse(data, _EXTENSIONS)


def _rtcp(data: bytes) -> None:
    kept = list(range(128))
    for packet in RtcpPacket.parse(data):
        if isinstance(packet, RtcpRtpfbPacket):
            Retransmissions().choose(packet.lost, kept, 0.0)


def _video(codec: Codec) -> Callable[[bytes], None]:
    def read(payload: bytes) -> None:
        data, _ = DEPACKETISERS[codec](payload)
        is_key(codec, data)
        announced_size(codec, data)

    return read


def _sctp(data: bytes) -> None:
    check_packet(data)
    # A client's checksum is right. That of `packet_shapes` is not, which would end it here.
    checksum = crc32c(data[:8] + bytes(4) + data[12:]).to_bytes(4, "little")
    sctp.parse_packet(data[:8] + checksum + data[12:])


def _audio_flow(flow: list[tuple[int, int, int, int]]) -> None:
    buffer = AudioJitterBuffer(lambda _: FRAME_TICKS)
    number = timestamp = 0
    now = 0.0
    for ahead, later, flags, times in flow:
        for _ in range(times):
            number, timestamp = number + ahead, timestamp + FRAME_TICKS + later
            now += FRAME_SECONDS * (flags & 1)
            buffer.add(number % 0x10000, timestamp % 0x100000000, b"\xf8", now)


def _video_flow(flow: list[tuple[int, int, int, int]]) -> None:
    buffer = VideoJitterBuffer("VP8")
    number = timestamp = 0
    now = 0.0
    for ahead, later, flags, times in flow:
        data = b"" if flags & 4 else b"\x10"
        for _ in range(times):
            number, timestamp = number + ahead, timestamp + later
            now += 0.001
            marker, key = bool(flags & 1), bool(flags & 2)
            packet = VideoPacket(number % 0x10000, timestamp % 0x100000000, marker, data, key)
            buffer.add(packet, now)


_codec = WebSocketCodec(None, AudioFormat(24_000, "mono", 24_000))


def _socket(text: str) -> None:
    _codec.parse(text)


def _twilio(text: str) -> None:
    parse(text)


def _control(text: str) -> None:
    decode(text)


READERS: tuple[Reader, ...] = (
    # aiortc raises what it likes for headers that are cut short; the transport catches all of it.
    Reader("RTP and its header extensions", shapes.RTP, _rtp, Exception),
    Reader("RTCP", shapes.RTCP, _rtcp, Exception),
    Reader("VP8 payloads", shapes.VP8, _video("VP8")),
    Reader("H.264 payloads", shapes.H264, _video("H264")),
    Reader("SCTP", shapes.SCTP, _sctp, Exception),
    Reader("audio packets in any order", shapes.FLOW, _audio_flow, max_ms=FLOW_MS, flow=True),
    Reader("video packets in any order", shapes.FLOW, _video_flow, max_ms=FLOW_MS, flow=True),
    Reader("control messages", shapes.TEXTS, _control, InvalidMessageError),
    Reader("messages of websockets", shapes.TEXTS, _socket, InvalidMessageError),
    Reader("messages of telephone calls", shapes.TEXTS, _twilio, InvalidMessageError),
)
"""In the order in which they are searched."""
