"""Encoders that keep to what an author wants, and which codec is answered first."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.codecs.vpx import Vp8Encoder
from av import CodecContext, Packet, VideoFrame

from gradio_webrtc.media.falling_estimate import FULL_SECONDS
from gradio_webrtc.media.loss_based_rate import LEAST
from gradio_webrtc.media.video.encoded_video import DEPACKETISERS, Codec, is_key
from gradio_webrtc.transports.media_preferences import VideoCodec
from gradio_webrtc.transports.sending.bitrate_limits import (
    BoundedH264Encoder,
    BoundedVp8Encoder,
    limit_sender,
    prefer,
    start_bitrate,
)

Encoder = BoundedVp8Encoder | BoundedH264Encoder
ENCODERS = [BoundedVp8Encoder, BoundedH264Encoder]


@pytest.mark.parametrize(
    ("limit", "start"),
    [(100_000, 100_000), (500_000, 500_000), (800_000, 500_000), (8_000_000, 4_000_000)],
)
def test_half_the_limit_is_there_at_once(limit: int, start: int) -> None:
    assert start_bitrate(limit) == start


@pytest.mark.parametrize("make", ENCODERS)
@pytest.mark.parametrize(
    ("limit", "estimate", "target"),
    [
        (1_000_000, 700_000, 700_000),
        (1_000_000, 9_000_000, 1_000_000),
        (9_000_000, 8_000_000, 8_000_000),  # more than aiortc's own ceiling
        (1_000_000, 0, LEAST),
        (50_000, 0, 50_000),
    ],
)
def test_the_receivers_estimate_counts_between_the_limits(
    make: type[Encoder], limit: int, estimate: int, target: int
) -> None:
    encoder = make(limit)
    assert encoder.target_bitrate == start_bitrate(limit)
    encoder.target_bitrate = estimate
    assert encoder.target_bitrate == target


@pytest.mark.parametrize("make", ENCODERS)
def test_a_new_codec_for_another_size_a_tenth_less_or_a_fifth_more(make: type[Encoder]) -> None:
    encoder: Any = make(1_000_000)
    used = []
    for width, bitrate in (
        (64, 500_000),
        (64, 590_000),
        (64, 460_000),
        (64, 610_000),
        (64, 540_000),
        (96, 540_000),
    ):
        encoder.target_bitrate = bitrate
        frame = VideoFrame.from_ndarray(np.zeros((48, width, 3), np.uint8), "rgb24")
        frame.pts, frame.time_base = len(used) * 3000, Fraction(1, 90_000)
        encoder.encode(frame)
        used.append(encoder.codec)
    assert used[0] is used[1] is used[2]
    assert len({id(codec) for codec in used}) == 4
    assert (used[-1].width, used[-1].bit_rate) == (96, 540_000)


@pytest.mark.parametrize("make", ENCODERS)
def test_the_last_step_up_to_the_limit_may_be_a_small_one(make: type[Encoder]) -> None:
    encoder: Any = make(1_000_000)
    for bitrate in (900_000, 990_000):
        encoder.target_bitrate = bitrate
        assert encoder.target_bitrate == 900_000
    encoder.target_bitrate = 1_200_000
    assert encoder.target_bitrate == 1_000_000


def noise(count: int) -> list[VideoFrame]:
    """Return frames that take as many bits as there are."""
    random = np.random.default_rng(1)
    pictures = random.integers(104, 152, (count, 96, 128, 3), np.uint8)
    return [VideoFrame.from_ndarray(picture, "rgb24") for picture in pictures]


def encoded(encoder: Encoder, seconds: int, fps: int) -> list[int]:
    """Return the bits of each frame, of noise at ``fps``."""
    sizes, frames = [], noise(fps)
    for number in range(seconds * fps):
        frame = frames[number % fps]
        frame.pts, frame.time_base = number * 90_000 // fps, Fraction(1, 90_000)
        payloads, timestamp = encoder.encode(frame)
        assert abs(timestamp - frame.pts) <= 1
        sizes.append(8 * sum(map(len, payloads)))
    return sizes


@pytest.mark.parametrize("make", ENCODERS)
@pytest.mark.parametrize("fps", [15, 30])
def test_each_frame_is_sent_when_it_is_encoded(make: type[Encoder], fps: int) -> None:
    # x264 keeps one back when it has to know how long each lasts: a frame's time of delay.
    assert all(encoded(make(400_000), seconds=2, fps=fps))


@pytest.mark.parametrize("make", ENCODERS)
@pytest.mark.parametrize("fps", [10, 15, 60])
def test_a_second_has_its_bits_at_any_frame_rate(make: type[Encoder], fps: int) -> None:
    # x264 takes every frame for as long as it was told at first.
    sizes = encoded(make(400_000), seconds=5, fps=fps)
    assert sum(sizes[-2 * fps :]) / 2 == pytest.approx(400_000, rel=0.25)


def test_what_moves_is_not_blurred_as_if_it_were_noise() -> None:
    """Coarse blocks that pan, which aiortc's own encoder takes the noise out of."""
    blocks = np.random.default_rng(2).integers(40, 216, (15, 60, 3)).astype(np.uint8)
    scene = blocks.repeat(16, 0).repeat(16, 1)
    film = [np.ascontiguousarray(scene[:, 4 * n : 4 * n + 320]) for n in range(60)]

    def error(encoder: Any) -> float:
        encoder.target_bitrate = 300_000
        decoder: Any = CodecContext.create("vp8", "r")
        errors = []
        for number, picture in enumerate(film):
            frame = VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number * 3000, Fraction(1, 90_000)
            payloads, _ = encoder.encode(frame)
            data = b"".join(DEPACKETISERS["VP8"](payload)[0] for payload in payloads)
            for decoded in decoder.decode(Packet(data)):
                difference = decoded.to_ndarray(format="rgb24").astype(float) - picture
                errors.append(float(np.mean(difference**2)))
        return float(np.mean(errors[30:]))

    assert error(BoundedVp8Encoder(1_000_000)) < 0.8 * error(Vp8Encoder())


@pytest.mark.parametrize("codec", ["VP8", "H264"])
async def test_the_codec_that_is_wanted_comes_first_and_the_others_stay(codec: VideoCodec) -> None:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = pc.addTransceiver("video")
    prefer(transceiver, codec)
    offered = (await pc.createOffer()).sdp
    names = [line.split()[1] for line in offered.splitlines() if line.startswith("a=rtpmap")]
    assert names[0] == f"{codec}/90000"
    assert {"VP8/90000", "H264/90000"} <= set(names)
    await pc.close()


@pytest.mark.parametrize("mime", ["video/VP8", "video/H264"])
def test_a_sender_gets_an_encoder_of_what_was_agreed_on(mime: str) -> None:
    transceiver: Any = SimpleNamespace(
        _codecs=[SimpleNamespace(mimeType=mime)], sender=SimpleNamespace()
    )
    limit_sender(transceiver, 1_000_000)
    (encoder,) = vars(transceiver.sender).values()
    assert (
        type(encoder).__name__
        == {"VP8": "BoundedVp8Encoder", "H264": "BoundedH264Encoder"}[mime[6:]]
    )


@pytest.mark.parametrize(
    ("mime", "start", "most"),
    [("video/VP8", 500_000, 1_500_000), ("video/H264", 1_000_000, 3_000_000)],
)
def test_without_a_limit_it_begins_and_ends_as_aiortcs_and_goes_further_down(
    mime: str, start: int, most: int
) -> None:
    transceiver: Any = SimpleNamespace(
        _codecs=[SimpleNamespace(mimeType=mime)], sender=SimpleNamespace()
    )
    encoder = limit_sender(transceiver, None)
    assert encoder is not None
    assert encoder.target_bitrate == start
    encoder.target_bitrate = 9_000_000
    assert encoder.target_bitrate == most
    encoder.target_bitrate = 0
    assert encoder.target_bitrate == LEAST


@pytest.mark.parametrize("make", ENCODERS)
def test_heavy_losses_count_whatever_the_receiver_estimates(make: type[Encoder]) -> None:
    encoder = make(2_000_000)
    encoder.target_bitrate = 9_000_000
    encoder.lost(0.5)
    assert encoder.target_bitrate == 1_500_000
    encoder.target_bitrate = 700_000
    assert encoder.target_bitrate == 700_000
    encoder.lost(0.5)  # of what is sent now
    encoder.target_bitrate = 9_000_000
    assert encoder.target_bitrate == 525_000
    for _ in range(57):
        encoder.lost(0.5)
    assert encoder.target_bitrate == pytest.approx(LEAST, rel=0.12)  # a tenth is no change
    for _ in range(140):
        encoder.lost(0.0)
    assert encoder.target_bitrate > 1_500_000


def test_nothing_was_agreed_on() -> None:
    transceiver: Any = SimpleNamespace(_codecs=[], sender=SimpleNamespace())
    assert limit_sender(transceiver, 1_000_000) is None
    assert vars(transceiver.sender) == {}


@pytest.mark.parametrize("make", ENCODERS)
def test_packets_are_spread_out_by_the_bitrate_while_losses_say_that_the_network_is_narrow(
    make: type[Encoder],
) -> None:
    encoder = make(1_000_000)
    encoder.lost(0.0)
    assert encoder.pacing_rate(0.0) is None
    for _ in range(3):
        encoder.lost(0.5)
    assert encoder.pacing_rate(3.0) == encoder.target_bitrate < 500_000
    for _ in range(56):
        encoder.lost(0.0)
    assert encoder.pacing_rate(60.0) is None


@pytest.mark.parametrize("make", ENCODERS)
def test_and_while_its_estimates_do(make: type[Encoder]) -> None:
    now = 0.0
    encoder = make(1_000_000, None, lambda: now)
    for second, estimate in enumerate((900_000, 600_000)):
        now = float(second)
        assert encoder.pacing_rate(now) is None
        encoder.target_bitrate = estimate
    assert encoder.pacing_rate(1.0) == 600_000
    assert encoder.pacing_rate(1.0 + FULL_SECONDS) is None  # it may have been the machine
    now = 2.0
    encoder.target_bitrate = 250_000
    assert encoder.pacing_rate(2.0) == encoder.pacing_rate(2.0 + FULL_SECONDS) == 250_000
    assert encoder.pacing_rate(30.0) is None


@pytest.mark.parametrize("make", ENCODERS)
def test_requests_for_key_frames_are_put_off_while_the_network_of_one_receiver_is_narrow(
    make: type[Encoder],
) -> None:
    codec: Codec = "VP8" if make is BoundedVp8Encoder else "H264"
    now = 0.0

    def key_frames(encoder: Encoder) -> list[int]:
        """Return which of twenty frames are key frames, when each time one is asked for."""
        nonlocal now
        found = []
        for number, frame in enumerate(noise(20)):
            now = 100 + number / 20
            frame.pts, frame.time_base = number * 4500, Fraction(1, 90_000)
            payloads, _ = encoder.encode(frame, force_keyframe=True)
            data = b"".join(DEPACKETISERS[codec](payload)[0] for payload in payloads)
            if is_key(codec, data):
                found.append(number)
        return found

    def encoder(*, narrow: bool, limited: bool) -> Encoder:
        made = make(600_000, None, lambda: now)
        if limited:
            made.limit_key_frames()
        if narrow:
            made.lost(0.2)
        return made

    assert key_frames(encoder(narrow=False, limited=True)) == list(range(20))
    assert key_frames(encoder(narrow=True, limited=False)) == list(range(20))
    narrow = encoder(narrow=True, limited=True)
    apart = np.diff(key_frames(narrow))
    assert apart.size
    assert apart.min() >= 6  # 0.3 s
