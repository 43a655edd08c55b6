"""Video encoders that send what an author wants and the network takes, for one connection each.

aiortc's own keep their bitrate between two constants of their modules, whatever the receiver says
it can take (REMB): VP8 between 0.25 and 1.5 Mbit/s, H.264 between 0.5 and 3; and they know of no
losses. These take the place of a sender's encoder, keep the bitrate under a limit of their own,
which may also be higher, and go down to a tenth of a megabit where the network has no more.
"""

from __future__ import annotations

import fractions
import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import av
from aiortc import RTCRtpReceiver, RTCRtpTransceiver
from aiortc.codecs.h264 import MAX_FRAME_RATE, H264Encoder
from aiortc.codecs.vpx import Vp8Encoder, number_of_threads
from aiortc.mediastreams import VIDEO_TIME_BASE
from aiortc.rtcrtpparameters import RTCRtpCodecCapability

from gradio_webrtc.media.falling_estimate import FallingEstimate
from gradio_webrtc.media.loss_based_rate import HIGHER, LEAST, LOWER, LossBasedRate
from gradio_webrtc.media.video.sending.frame_rate import FrameRateMeter
from gradio_webrtc.media.video.sending.key_frame_limit import KeyFrameLimit
from gradio_webrtc.transports.aiortc_internals.sending import negotiated_codecs, set_encoder
from gradio_webrtc.transports.media_preferences import VideoCodec

if TYPE_CHECKING:
    from av.frame import Frame
    from av.video.codeccontext import VideoCodecContext

DEFAULT_LIMITS = {"video/vp8": 1_500_000, "video/h264": 3_000_000}
"""Bits per second where the author sets none: aiortc's, at which its encoders end."""
DEFAULT_STARTS = {"video/vp8": 500_000, "video/h264": 1_000_000}
"""Bits per second to begin with there, likewise."""

BUFFER_SECONDS = 0.5
"""How much of a second's bits may come at once; a key frame needs several frames' worth."""


def start_bitrate(limit: int) -> int:
    """Return the bits per second to begin with, before the receiver has said what it can take.

    A receiver's estimate grows by some 8 % a second and to half again of what arrives, so from
    aiortc's 0.5 Mbit/s it takes half a minute to 4. Half the limit is there within seconds; a
    network that cannot take it says so within one.
    """
    return min(limit, max(500_000, limit // 2))


def _outdated(codec: VideoCodecContext | None, frame: av.VideoFrame, bitrate: int) -> bool:
    """Whether ``frame`` needs a new codec: by its size, or by the bitrate."""
    if codec is None or (codec.width, codec.height) != (frame.width, frame.height):
        return True
    return codec.bit_rate != bitrate


class _LimitedTarget:
    """What both encoders aim at: what the receiver can take, within ``limit``, and by its losses.

    Goes before its class. aiortc sets ``target_bitrate`` to what the receiver estimates.

    Args:
        limit: bits per second at most.
        start: bits per second to begin with; ``None`` for what the limit gives.
        clock: of what comes and is made, in monotonic seconds. Encoders run on threads.
    """

    def __init__(
        self, limit: int, start: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._limit = limit
        self._clock = clock
        self._losses = LossBasedRate(limit)
        self._estimates = FallingEstimate()
        self._key_frames: KeyFrameLimit | None = None
        self._estimate = self._target = start_bitrate(limit) if start is None else start

    @property
    def target_bitrate(self) -> int:
        """Bits per second the encoder aims at."""
        return self._target

    @target_bitrate.setter
    def target_bitrate(self, bitrate: int) -> None:
        self._estimate = bitrate
        self._estimates.add(bitrate, self._clock())
        self._aim()

    def lost(self, fraction: float) -> None:
        """The receiver reported which part of the packets it lost since the last report."""
        self._losses.reported(fraction, self._target)
        self._aim()

    def pacing_rate(self, now: float) -> int | None:
        """Return the bits per second by which to spread packets out, ``None`` for not at all.

        They are while the client's estimates or losses say that the network is narrow, and after
        any fall of the estimate: the key frame that a lower bitrate begins with would be lost in a
        queue that is full. Where there is room, a picture that goes at once is there sooner.
        """
        estimates = self._estimates
        narrow = estimates.congested(now) or estimates.fell(now)
        return self._target if narrow or self._losses.ceiling < self._limit else None

    def limit_key_frames(self) -> None:
        """Put off those that are asked for while the network is narrow.

        For one receiver. With several none is to wait because of another's network, and the
        bitrates, which are chosen for all of them, say nothing of one.
        """
        self._key_frames = KeyFrameLimit()

    def _key_frame_due(self, asked: bool) -> bool:
        if self._key_frames is None:
            return asked
        now = self._clock()
        return self._key_frames.due(asked, self.pacing_rate(now), now)

    def _noted(self, key: bool, encoded: tuple[list[bytes], int]) -> tuple[list[bytes], int]:
        if key and self._key_frames is not None:
            self._key_frames.made(sum(map(len, encoded[0])), self._clock())
        return encoded

    def _aim(self) -> None:
        wanted = min(self._estimate, self._losses.ceiling, self._limit)
        wanted = max(min(LEAST, self._limit), wanted)
        change = wanted / self._target - 1.0
        # The last step up may be a small one: otherwise it would stay below what it may take.
        if change < -LOWER or change > (HIGHER if wanted < self._limit else 0.0):
            self._target = wanted


class BoundedVp8Encoder(_LimitedTarget, Vp8Encoder):
    """VP8 of at most ``limit`` bits per second."""

    def encode(self, frame: Frame, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        """Encode one frame."""
        assert isinstance(frame, av.VideoFrame)
        anew = _outdated(self.codec, frame, self.target_bitrate)
        if anew:
            self.codec = self._new_codec(frame.width, frame.height)
        key = anew or self._key_frame_due(force_keyframe)
        return self._noted(key, super().encode(frame, key))

    def _new_codec(self, width: int, height: int) -> VideoCodecContext:
        """Return a codec as aiortc makes it, but for two things.

        It may give up more of the sharpness: aiortc's stops at quantizer 56 of 63. Frames are never
        left out: a noisy frame may take more than a very low limit. And it takes no noise out of
        the picture, which blurs all that moves and takes time; what comes from a
        browser has been through that already. 1280x720 that pans, 1.5 Mbit/s: SSIM 0.95 instead of
        0.86, and 0.92 instead of 0.87 with noise on it; only a noisy picture that stands still
        loses, 0.95 instead of 0.97 (``proof/networks/quality.py`` has the film).
        """
        codec: Any = av.CodecContext.create("libvpx", "w")
        codec.width, codec.height = width, height
        codec.bit_rate = self.target_bitrate
        codec.pix_fmt = "yuv420p"
        codec.gop_size = 3000
        codec.qmin, codec.qmax = 2, 63
        rate = str(self.target_bitrate)
        codec.options = {
            "bufsize": rate,
            "minrate": rate,
            "maxrate": rate,
            "cpu-used": "-6",
            "deadline": "realtime",
            "lag-in-frames": "0",
            "noise-sensitivity": "0",
            "overshoot-pct": "15",
            "undershoot-pct": "100",
            "partitions": "0",
            "static-thresh": "1",
        }
        codec.thread_count = number_of_threads(width * height, os.cpu_count() or 1)
        return codec  # type: ignore[no-any-return]  # PyAV types what it creates by its argument


class BoundedH264Encoder(_LimitedTarget, H264Encoder):
    """H.264 of at most ``limit`` bits per second."""

    def __init__(
        self, limit: int, start: int | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(limit, start, clock)
        self._rate = FrameRateMeter(MAX_FRAME_RATE)
        self._fps = self._rate.told

    def encode(self, frame: Frame, force_keyframe: bool = False) -> tuple[list[bytes], int]:
        """Encode one frame."""
        assert isinstance(frame, av.VideoFrame)
        if frame.time is not None:
            self._rate.add(frame.time)
        anew = _outdated(self.codec, frame, self.target_bitrate) or self._rate.told != self._fps
        if anew:
            self._fps = self._rate.told
            self.buffer_data, self.buffer_pts = b"", None
            self.codec = self._new_codec(frame.width, frame.height)
        key = anew or self._key_frame_due(force_keyframe)
        return self._noted(key, super().encode(frame, key))

    def _new_codec(self, width: int, height: int) -> VideoCodecContext:
        """Return a codec as aiortc makes it, with a ceiling and the frame rate that really is.

        aiortc's aims at an average and takes every frame for a thirtieth of a second, so that 15
        frames a second get half the bits that they may have. x264 can go by timestamps as well
        (``force-cfr=0``), and then keeps each frame until it has the next one's.
        """
        codec: Any = av.CodecContext.create("libx264", "w")
        codec.width, codec.height = width, height
        codec.bit_rate = self.target_bitrate
        codec.pix_fmt = "yuv420p"
        codec.framerate = fractions.Fraction(self._fps).limit_denominator(1000)
        codec.time_base = VIDEO_TIME_BASE
        codec.options = {
            "tune": "zerolatency",
            "maxrate": str(self.target_bitrate),
            "bufsize": str(round(self.target_bitrate * BUFFER_SECONDS)),
        }
        codec.profile = "Baseline"
        return codec  # type: ignore[no-any-return]  # PyAV types what it creates by its argument


BoundedEncoder: TypeAlias = BoundedVp8Encoder | BoundedH264Encoder

_ENCODERS: dict[str, type[BoundedEncoder]] = {
    "video/vp8": BoundedVp8Encoder,
    "video/h264": BoundedH264Encoder,
}


def limit_sender(
    transceiver: RTCRtpTransceiver,
    limit: int | None,
    clock: Callable[[], float] = time.monotonic,
) -> BoundedEncoder | None:
    """Give the sender of a negotiated ``transceiver`` an encoder that keeps to ``limit``.

    Args:
        transceiver: of video.
        limit: bits per second; ``None`` for the codec's default.
        clock: of the reports of losses and of the packets, in monotonic seconds.

    Returns:
        The encoder, ``None`` where nothing was agreed on.
    """
    codecs = negotiated_codecs(transceiver)
    name = codecs[0].mimeType.lower() if codecs else ""
    if name not in _ENCODERS:
        return None
    start = DEFAULT_STARTS[name] if limit is None else None
    encoder = _ENCODERS[name](DEFAULT_LIMITS[name] if limit is None else limit, start, clock)
    set_encoder(transceiver.sender, encoder)
    return encoder


def prefer(transceiver: RTCRtpTransceiver, codec: VideoCodec) -> None:
    """Put ``codec`` before the others in the answer; they stay, for clients that lack it."""
    capabilities = RTCRtpReceiver.getCapabilities("video")
    known: list[RTCRtpCodecCapability] = capabilities.codecs if capabilities is not None else []
    wanted = f"video/{codec}".lower()
    transceiver.setCodecPreferences(
        sorted(known, key=lambda each: each.mimeType.lower() != wanted)  # a stable sort
    )
