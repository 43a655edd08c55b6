"""Writing a WebM file that grows as it goes: VP8 frames, Opus audio.

VP8 and Opus because every browser plays them, and what plays them plays WebM. The encoder's fastest
setting takes 1.5 ms of CPU for a frame of 640x480 on a 2-core machine, 5 ms for 1280x720: about
what H.264 at its fastest takes, which WebM cannot hold and not every Chromium plays.

Each second of media is one cluster and is handed to the operating system when it is complete, so a
process that is killed leaves a file that plays up to its last second. Length and seek index are
written when the file is closed.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, BinaryIO

import av
import numpy as np
from av.video.frame import PictureType

from gradio_webrtc.recording.audio_track import SAMPLE_RATE, AudioTrackFrame

_CLUSTER_MS = 1000
_KEY_FRAME_MS = 4000
"""Between frames that stand on their own, to which a player can jump."""
_TICKS = 1000
"""Matroska counts milliseconds."""
_BITS_PER_PIXEL = 3
"""Bits a second for each pixel: 0.9 Mbit/s for 640x480, 2.8 Mbit/s for 1280x720."""
_AUDIO_BITRATE = 96_000


class WebmWriter:
    """Encodes and writes. Not thread-safe.

    Args:
        file: open for writing, seekable; stays open.
        size: width and height of the frames, both even; ``None`` for a file without.
        sound: whether the file has audio.
        video_bitrate: bits a second; by the size when ``None``.

    Raises:
        OSError: the file cannot be written. Every method may raise it.
    """

    def __init__(
        self,
        file: BinaryIO,
        size: tuple[int, int] | None,
        *,
        sound: bool,
        video_bitrate: int | None = None,
    ) -> None:
        options = {"cluster_time_limit": str(_CLUSTER_MS), "flush_packets": "1"}
        self._container = av.open(file, "w", format="webm", options=options)
        self._video = None if size is None else self._add_video(size, video_bitrate)
        self._audio = self._add_audio() if sound else None
        self._last_ms = -1
        self._next_key_ms = 0

    def write_sound(self, frame: AudioTrackFrame) -> None:
        """Write 20 ms of audio."""
        assert self._audio is not None
        packed = np.ascontiguousarray(frame.samples.T).reshape(1, -1)
        audio = av.AudioFrame.from_ndarray(packed, "s16", "stereo")
        audio.sample_rate = SAMPLE_RATE
        audio.pts, audio.time_base = frame.pts, Fraction(1, SAMPLE_RATE)
        self._container.mux(self._audio.encode(audio))

    def write_picture(self, time: float, picture: av.VideoFrame) -> None:
        """Write a yuv420p frame of the file's size, shown from ``time`` on, in seconds."""
        assert self._video is not None
        at = max(self._last_ms + 1, round(time * _TICKS))
        self._last_ms = at
        picture.pts, picture.time_base = at, Fraction(1, _TICKS)
        if at >= self._next_key_ms:
            picture.pict_type = PictureType.I
            self._next_key_ms = at + _KEY_FRAME_MS
        self._container.mux(self._video.encode(picture))

    def close(self) -> None:
        """Write what the encoders hold, the length and the index. Once."""
        for stream in (self._video, self._audio):
            if stream is not None:
                self._container.mux(stream.encode(None))
        self._container.close()

    def _add_video(self, size: tuple[int, int], bitrate: int | None) -> Any:
        # static-thresh: parts of a frame that do not change are not looked at any further.
        options = {
            "deadline": "realtime",
            "cpu-used": "16",
            "lag-in-frames": "0",
            "static-thresh": "100",
        }
        stream = self._container.add_stream("libvpx", rate=30, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, _TICKS)
        context.bit_rate = bitrate or size[0] * size[1] * _BITS_PER_PIXEL
        context.gop_size = 10_000  # key frames are asked for by time
        context.thread_count = 1
        return stream

    def _add_audio(self) -> Any:
        options = {"application": "audio", "frame_duration": "20", "compression_level": "5"}
        stream = self._container.add_stream("libopus", rate=SAMPLE_RATE, options=options)
        context = stream.codec_context
        context.layout, context.format = "stereo", "s16"
        context.bit_rate = _AUDIO_BITRATE
        return stream
