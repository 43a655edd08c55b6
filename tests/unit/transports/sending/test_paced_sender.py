"""A key frame for a narrow network goes bit by bit, and at once for one with room."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters
from aiortc.rtp import is_rtcp
from av import VideoFrame

from gradio_webrtc.media.video.sending.packet_pacing import BURST_SECONDS, FASTER
from gradio_webrtc.transports.aiortc_internals.sending import OwnSender, set_encoder
from gradio_webrtc.transports.sending.bitrate_limits import BoundedVp8Encoder
from gradio_webrtc.transports.sending.paced_sender import pace_packets

pytestmark = pytest.mark.looptime

VP8 = RTCRtpCodecParameters("video/VP8", 90_000, payloadType=96)
LIMIT = 600_000


class OnePicture(MediaStreamTrack):
    """A track of one picture of noise, which takes many bits."""

    kind = "video"
    shown = False

    async def recv(self) -> VideoFrame:
        if self.shown:
            await asyncio.Event().wait()
        self.shown = True
        noise = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
        frame = VideoFrame.from_ndarray(noise, "rgb24")
        frame.pts, frame.time_base = 0, Fraction(1, 90_000)
        return frame


async def sent(encoder: BoundedVp8Encoder) -> list[tuple[float, int]]:
    """Return when each packet of the picture went, and its bits."""
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    sender: Any = OwnSender.replace(pc.addTransceiver(OnePicture()))
    loop, went = asyncio.get_running_loop(), list[tuple[float, int]]()

    async def send_rtp(data: bytes) -> None:
        if not is_rtcp(data):
            went.append((loop.time(), 8 * len(data)))

    sender.transport._send_rtp = send_rtp
    set_encoder(sender, encoder)
    pace_packets(sender, encoder.pacing_rate)
    await sender.send(RTCRtpSendParameters(codecs=[VP8]))
    before = -1
    while not went or len(went) > before:
        before = len(went)
        await asyncio.sleep(1.0)
    await asyncio.wait_for(sender.stop(), 1.0)
    await pc.close()
    return went


async def test_where_there_is_room_a_picture_goes_at_once() -> None:
    went = await sent(BoundedVp8Encoder(LIMIT, LIMIT))
    assert len(went) > 5
    assert len({at for at, _ in went}) == 1


async def test_where_there_is_none_it_takes_as_long_as_its_bits() -> None:
    encoder = BoundedVp8Encoder(LIMIT, LIMIT)
    encoder.lost(0.2)
    went = await sent(encoder)
    (first, _), (last, size) = went[0], went[-1]
    bits = sum(bits for _, bits in went) - size
    rate = encoder.target_bitrate
    assert last - first == pytest.approx((bits - BURST_SECONDS * rate) / (FASTER * rate), rel=0.05)
    assert last - first > 0.1
