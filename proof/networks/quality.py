"""How much of a picture is left of an echo at 1.5 and 3 Mbit/s: SSIM, beside bare aiortc's.

The codecs of an echo, one after the other without a network: what a sender encodes is decoded,
encoded by the server, decoded, and compared with what was shown, by FFmpeg's ``ssim``. So the
figures are the same in every run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from aiortc.codecs.base import Encoder
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.vpx import Vp8Encoder
from av import CodecContext, Packet, VideoFormat, VideoFrame
from av.filter import Graph

from gradio_webrtc.media.video.encoded_video import DEPACKETISERS, Codec
from gradio_webrtc.transports.sending.bitrate_limits import BoundedH264Encoder, BoundedVp8Encoder
from proof.parts import Finding

WIDTH, HEIGHT = 1280, 720
FPS = 30
FRAMES = 120
SETTLED = 60
"""Frames after which the rate control has found its way, and comparison begins."""
RATES = (1_500_000, 3_000_000)
LESS = 0.005
"""Of SSIM, within which two encoders are as good as each other."""
TIME_BASE = Fraction(1, 90_000)
YUV = VideoFormat("yuv420p")

BARE: dict[Codec, type[Encoder]] = {"VP8": Vp8Encoder, "H264": H264Encoder}
HERE: dict[Codec, type[BoundedVp8Encoder] | type[BoundedH264Encoder]] = {
    "VP8": BoundedVp8Encoder,
    "H264": BoundedH264Encoder,
}


def run() -> list[Finding]:
    """Return the quality of both servers' echoes, for each codec and bitrate."""
    shown = list(pictures(FRAMES))
    findings = []
    for codec in BARE:
        for rate in RATES:
            sent = _through(HERE[codec](rate, rate), codec, shown)[0]
            bare: Any = BARE[codec]()
            bare.target_bitrate = rate
            theirs, their_rate = _through(bare, codec, sent)
            ours, our_rate = _through(HERE[codec](rate, rate), codec, sent)
            here, other = (
                ssim(shown[SETTLED:], ours[SETTLED:]),
                ssim(shown[SETTLED:], theirs[SETTLED:]),
            )
            arrived = ssim(shown[SETTLED:], sent[SETTLED:])
            findings.append(
                Finding(
                    f"SSIM of a 720p echo, {codec}, {rate / 1e6:g} Mbit/s, beside bare aiortc "
                    f"(of what arrived at the server: {arrived:.3f})",
                    f"{here:.3f} with {our_rate / 1e6:.2f} Mbit/s beside {other:.3f} with "
                    f"{their_rate / 1e6:.2f}",
                    f"{other - LESS:.3f}",
                    here >= other - LESS,
                )
            )
    return findings


def pictures(count: int) -> Iterator[VideoFrame]:
    """Return a slow pan over a landscape of noise at all scales, with something that passes by."""
    random = np.random.default_rng(5)
    wide = WIDTH + 4 * count
    scene = np.zeros((HEIGHT, wide, 3))
    for size, weight in ((120, 60), (40, 30), (10, 12), (2, 5)):
        grid = random.normal(0, weight, (HEIGHT // size + 1, wide // size + 1, 3))
        scene += grid.repeat(size, 0).repeat(size, 1)[:HEIGHT, :wide]
    scene = (scene + 128).clip(0, 255)
    for number in range(count):
        picture = scene[:, 4 * number : 4 * number + WIDTH].astype(np.uint8)
        left = 12 * number % (WIDTH - 100)
        picture[300:420, left : left + 100] = (200, 40, 40)
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
        yield _stamped(frame.reformat(format="yuv420p"), number)


def ssim(one: Sequence[VideoFrame], other: Sequence[VideoFrame]) -> float:
    """Return how like each other two films are, at most 1 (Wang et al., 2004)."""
    graph = Graph()
    sources = [
        graph.add_buffer(width=WIDTH, height=HEIGHT, format=YUV, time_base=TIME_BASE)
        for _ in range(2)
    ]
    compared, sink = graph.add("ssim"), graph.add("buffersink")
    for number, source in enumerate(sources):
        source.link_to(compared, 0, number)
    compared.link_to(sink)
    graph.configure()
    found = []
    for number, frames in enumerate(zip(one, other, strict=True)):
        for source, frame in zip(sources, frames, strict=True):
            source.push(_stamped(frame, number))
        result: Any = sink.pull()
        found.append(float(result.metadata["lavfi.ssim.All"]))
    return float(np.mean(found))


def _through(
    encoder: Encoder, codec: Codec, frames: Sequence[VideoFrame]
) -> tuple[list[VideoFrame], float]:
    """Return the frames encoded and decoded, and the bits per second once it has settled."""
    decoder: Any = CodecContext.create({"VP8": "vp8", "H264": "h264"}[codec], "r")
    found: list[VideoFrame] = []
    bits = 0
    for number, frame in enumerate(frames):
        payloads, _ = encoder.encode(_stamped(frame, number), number == 0)
        bits += 8 * sum(map(len, payloads)) * (number >= SETTLED)
        data = b"".join(DEPACKETISERS[codec](payload)[0] for payload in payloads)
        found += decoder.decode(Packet(data))
    found += decoder.decode(None)
    return found, bits * FPS / (len(frames) - SETTLED)


def _stamped(frame: VideoFrame, number: int) -> VideoFrame:
    frame.pts, frame.time_base = number * 90_000 // FPS, TIME_BASE
    frame.pict_type = 0
    return frame
