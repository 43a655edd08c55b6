"""Marked pictures: a frame counter in large blocks that survives VP8, and reading it back.

At a larger size everything is larger, and what is right of the counter moves, as most of what a
camera sees does: a codec has something to do.

The counter's twelve bits stand side by side in four bands: the bits, their complement twice, the
bits again. So a picture turned upside down, which is what every video handler here does, reads the
same, and damage shows. A column at the left is white above and black below: it tells whether the
handler really had the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt

from bench.clips import Clip
from bench.marks import Heard, newest
from gradio_webrtc.client.received import ReceivedFrame

SMALL = (320, 240)
"""Width and height of the smallest pictures; the counter takes all of them."""
MIDDLE = (640, 480)
LARGE = (1280, 720)
RATE = 30
CYCLE = 512
"""Pictures until the counter starts again: 17 s, longer than any delay that is looked at."""

BITS = 12
BLOCK = 24
"""Pixels of a bit's side at ``SMALL``; at others in proportion to the height."""
MARGIN = 0.3
"""Left out at each side of a block: its edges are where the codec is least exact."""
BITRATES = {SMALL: 1_000_000, MIDDLE: 1_500_000, LARGE: 2_500_000}

Luma = npt.NDArray[np.uint8]


def counter_clip(size: tuple[int, int] = SMALL) -> Clip:
    """Return one cycle of counted pictures, VP8 encoded, with a keyframe every second."""
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height = size
    codec.pix_fmt = "yuv420p"
    codec.time_base = Fraction(1, RATE)
    codec.bit_rate = BITRATES[size]
    codec.gop_size = RATE
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    packets: list[bytes] = []
    for number in range(CYCLE):
        frame = av.VideoFrame.from_ndarray(_picture(number, *size), format="yuv420p")
        frame.pts = number
        packets += [bytes(packet) for packet in codec.encode(frame)]
    packets += [bytes(packet) for packet in codec.encode(None)]
    if len(packets) != CYCLE:
        raise RuntimeError(f"the VP8 encoder made {len(packets)} packets of {CYCLE} pictures")
    return Clip("video", packets, 1 / RATE)


def _picture(number: int, width: int, height: int) -> Luma:
    """Return the picture as planar YUV, ``(height * 3 // 2, width)``, without colour."""
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    block, band_height = _block(height), height // 4
    for bit in range(BITS):
        left = (bit + 1) * block
        set_ = bool(number >> bit & 1)
        for band in range(4):
            white = set_ if band in (0, 3) else not set_
            planes[band * band_height : (band + 1) * band_height, left : left + block] = (
                220 if white else 30
            )
    planes[: height // 2, :block] = 220
    planes[height // 2 : height, :block] = 30
    if (width, height) != SMALL:
        across = np.arange((BITS + 1) * block, width)
        waves = np.sin(np.add.outer(np.arange(height), across + 3 * number) / 9.0)
        planes[:height, across] = np.round(125 + 60 * waves).astype(np.uint8)
    return planes


def _block(height: int) -> int:
    return BLOCK * height // SMALL[1]


def read_counter(luma: Luma) -> tuple[int, bool] | None:
    """Return the counter and whether the picture is upside down; ``None`` when it is damaged."""
    block, band_height = _block(luma.shape[0]), luma.shape[0] // 4
    if luma.shape[0] % 4 or luma.shape[1] < (BITS + 1) * block:
        return None
    bands = luma[:, : (BITS + 1) * block].reshape(4, band_height, BITS + 1, block)
    down, aside = round(MARGIN * band_height), round(MARGIN * block)
    means = bands[:, down:-down, :, aside:-aside].mean(axis=(1, 3))
    bits = means[:, 1:] > 125
    if not (bits[0] == bits[3]).all() or not (bits[1:3] == ~bits[0]).all():
        return None
    number = int(np.dot(bits[0], 1 << np.arange(BITS)))
    return number, bool(means[0, 0] < means[3, 0])


class CounterListener:
    """Reads the counters of received pictures; each picture counts once, when first seen.

    Args:
        sent: grows while sending; ``sent[n]`` is when picture ``n`` was handed to the sender.

    Attributes:
        heard: what came back, in order.
        damaged: pictures that could not be read.
        untouched: pictures that came back without the handler's work.
    """

    def __init__(self, sent: Sequence[float]) -> None:
        self.heard: list[Heard] = []
        self.damaged = 0
        self.untouched = 0
        self._sent = sent
        self._last = -1

    def take(self, received: ReceivedFrame, at: float) -> None:
        """Look at a picture received at time ``at``."""
        frame = received.frame
        plane = frame.planes[0]
        luma: Luma = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        found = read_counter(luma[: frame.height, : frame.width])
        if found is None:
            self.damaged += 1
            return
        counter, turned = found
        self.untouched += not turned
        number = newest(self._sent, counter, CYCLE, at)
        if number is not None and number != self._last:
            self._last = number
            self.heard.append(Heard(number, self._sent[number], at - self._sent[number]))
