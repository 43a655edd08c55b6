"""One viewer's tracks, and what they take of the source."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters
from aiortc.rtp import is_rtcp
from av import AudioFrame

from gradio_webrtc.media.audio.opus import FRAME_SAMPLES
from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.media.audio.red import unpack
from gradio_webrtc.media.sharing.key_frame_group import PackedFrame
from gradio_webrtc.media.video.sending.packet_pacing import BURST_SECONDS, FASTER
from gradio_webrtc.transports.aiortc_internals.sending import OwnSender
from gradio_webrtc.transports.sharing.viewer import Viewer
from gradio_webrtc.transports.sharing.viewer_media import (
    KEY_FRAMES_AT_ONCE,
    PackedEncoder,
    ViewerMedia,
)

PACKED = PackedFrame((b"one", b"two"), 3000)


def negotiated(kind: str, codec: str) -> Any:
    """Return a transceiver as it is when both sides have agreed on ``codec``."""
    parameters = RTCRtpCodecParameters(codec, 8000, payloadType=8)
    return SimpleNamespace(kind=kind, _codecs=[parameters], sender=SimpleNamespace())


def encoder_of(transceiver: Any) -> Any:
    return getattr(transceiver.sender, "_RTCRtpSender__encoder", None)


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_video_goes_out_as_it_is_packed(codec: str) -> None:
    viewer = Viewer()
    media, transceiver = ViewerMedia(viewer, ("video",)), negotiated("video", f"video/{codec}")
    media.negotiated(transceiver, copies=True)
    assert viewer.codec == codec
    assert viewer.packed
    assert media.track("audio") is None
    track = media.track("video")
    assert track is not None
    viewer.show(PACKED)
    assert encoder_of(transceiver).pack(await track.recv()) == ([b"one", b"two"], 3000)
    media.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()


async def test_opus_goes_out_packed_and_for_g711_the_samples() -> None:
    viewer = Viewer()
    media, opus = ViewerMedia(viewer, ("audio",)), negotiated("audio", "audio/opus")
    media.negotiated(opus, copies=True)
    assert viewer.audio_form == "opus"
    assert isinstance(encoder_of(opus), PackedEncoder)
    plain = negotiated("audio", "audio/PCMU")
    media.negotiated(plain, copies=True)
    assert viewer.audio_form == "samples"
    assert encoder_of(plain) is None  # aiortc makes its own
    viewer.play(Frame(np.full((1, FRAME_SAMPLES), 5, np.int16), 960))
    track = media.track("audio")
    assert track is not None
    frame = await track.recv()
    assert isinstance(frame, AudioFrame)
    assert (frame.pts, frame.samples, frame.sample_rate) == (960, FRAME_SAMPLES, 48_000)
    media.stop()


async def test_what_the_receiver_can_take_is_noted() -> None:
    viewer = Viewer()
    encoder = PackedEncoder(viewer)
    assert encoder.target_bitrate == 0
    encoder.target_bitrate = 700_000
    assert (viewer.reception.estimate, encoder.target_bitrate) == (700_000, 700_000)
    with pytest.raises(NotImplementedError):
        encoder.encode(AudioFrame())


async def test_losses_are_noted_where_copies_help() -> None:
    for copies in (True, False):
        viewer = Viewer()
        media = ViewerMedia(viewer, ("audio",))
        media.lost("audio", 0.5, 0.0)
        assert not viewer.loses_audio
        media.negotiated(negotiated("audio", "audio/opus"), copies=copies)
        media.lost("audio", 0.1, 1.0)
        assert viewer.loses_audio is copies
        media.lost("video", 0.0, 50.0)
        assert viewer.loses_audio is copies
        media.lost("audio", 0.0, 100.0)
        assert not viewer.loses_audio
        media.stop()


async def test_who_takes_packets_again_gets_them_and_costs_the_others_nothing() -> None:
    """Of two who lose some, one takes packets of others inside its own (RED): 63."""
    red, plain = Viewer(), Viewer()
    media, other = ViewerMedia(red, ("audio",)), ViewerMedia(plain, ("audio",))
    transceiver = negotiated("audio", "audio/opus")
    types: list[int] = []

    media.negotiated(transceiver, copies=True, red=63)
    other.negotiated(negotiated("audio", "audio/opus"), copies=True)
    lane = media.track("audio")
    assert lane is not None
    for number in range(1, 4):
        for each in (red, plain):
            each.play(PackedFrame((bytes([number]),), 960 * number))
        packed, timestamp = encoder_of(transceiver).pack(await lane.recv())
        types.append(transceiver.sender.payload_type)  # where the sender looks after this
        assert timestamp == 960 * number
        carried = [block.payload[0] for block in unpack(packed[0])] if types[-1] == 63 else []
        assert carried == ([] if number == 1 else list(range(1, number + 1)))
        media.lost("audio", 0.1, float(number))
    assert types == [8, 63, 63]
    assert not red.loses_audio  # so no copies are made for all
    other.lost("audio", 0.1, 1.0)
    assert plain.loses_audio
    track = other.track("audio")
    assert track is not None
    frame: Any = await track.recv()
    assert frame.payloads == (b"\x01",)  # what was encoded once is in both
    media.lost("audio", 0.0, 100.0)
    red.play(PackedFrame((b"\x04",), 3840))
    sent = media.track("audio")
    assert sent is not None
    assert encoder_of(transceiver).pack(await sent.recv()) == ([b"\x04"], 3840)
    for each in (media, other):
        each.stop()


async def test_so_are_losses_of_video() -> None:
    viewer = Viewer()
    media = ViewerMedia(viewer, ("video",))
    media.lost("video", 0.05, 1.0)
    assert not viewer.reception.lossy(1.0)
    media.lost("video", 0.4, 2.0)
    media.lost("video", 0.4, 3.0)
    assert viewer.reception.lossy(3.0)
    media.stop()


async def test_one_viewer_cannot_make_everybodys_frames_key_frames() -> None:
    asked: list[Viewer] = []
    viewer = Viewer(asked.append)
    media = ViewerMedia(viewer, ("video",))
    for _ in range(100):
        media.repeat_picture()
    assert len(asked) == KEY_FRAMES_AT_ONCE
    media.stop()


async def test_nothing_waits_when_all_was_sent() -> None:
    viewer = Viewer()
    media = ViewerMedia(viewer, ("audio", "video"))
    await media.drain()
    assert media.playback.queued_s == 0
    media.stop()


@pytest.mark.looptime
@pytest.mark.parametrize("narrow", [False, True])
async def test_a_picture_for_a_narrow_network_takes_its_time(narrow: bool) -> None:
    viewer, went = Viewer(), list[float]()
    media, loop = ViewerMedia(viewer, ("video",)), asyncio.get_running_loop()
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver: Any = pc.addTransceiver(media.track("video"))
    transceiver._codecs = [RTCRtpCodecParameters("video/VP8", 90_000, payloadType=96)]
    sender = OwnSender.replace(transceiver)

    async def send_rtp(data: bytes) -> None:
        if not is_rtcp(data):
            went.append(loop.time())

    sender.transport._send_rtp = send_rtp  # type: ignore[method-assign]
    media.negotiated(transceiver, copies=False)
    viewer.reception.sent = 600_000
    for seconds in (1.0, 2.0) if narrow else ():
        media.lost("video", 0.4, loop.time() + seconds)
    await sender.send(RTCRtpSendParameters(codecs=transceiver._codecs))
    viewer.show(PackedFrame((bytes(1200),) * 20, 3000, key=True))
    await asyncio.sleep(2.0)
    assert len(went) == 20
    # 19 packets, less what may go at once
    expected = (19 * 1200 * 8 / 600_000 - BURST_SECONDS) / FASTER if narrow else 0.0
    assert went[-1] - went[0] == pytest.approx(expected, abs=0.01)
    await sender.stop()
    await pc.close()
