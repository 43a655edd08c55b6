"""Encoded media made on the spot: tones of known samples, pictures that tell their number."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

CODECS = {
    "mp3": "libmp3lame",
    "adts": "aac",
    "mp4": "aac",
    "ogg": "libopus",
    "flac": "flac",
    "wav": "pcm_s16le",
    "mpegts": "aac",
    "webm": "libopus",
}
"""Container formats and the codec of the sound that tests put into them."""


def tone(
    seconds: float, rate: int = 48_000, frequency: float = 440.0, start: float = 0.0
) -> Samples:
    """Return a sine of half full scale, mono; ``start`` in seconds lets it continue another."""
    times = (np.arange(round(seconds * rate)) + round(start * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * frequency * times)).astype(np.float32)


def encode_audio(
    samples: Samples,
    fmt: str,
    rate: int = 48_000,
    options: dict[str, str] | None = None,
    bit_rate: int = 128_000,
    path: Path | None = None,
) -> bytes:
    """Return mono ``samples`` in [-1, 1] as a file in format ``fmt``, a key of ``CODECS``.

    ``path``: where to write it, for options that go over the file again.
    """
    buffer = io.BytesIO()
    with av.open(
        buffer if path is None else str(path), "w", format=fmt, options=options or {}
    ) as container:
        stream = container.add_stream(CODECS[fmt], rate=rate)
        stream.layout = "mono"
        if fmt not in ("flac", "wav"):
            stream.bit_rate = bit_rate
        for packet in _encoded_sound(stream, samples, rate):
            container.mux(packet)
    return buffer.getvalue() if path is None else path.read_bytes()


def encode_video(
    seconds: float,
    fmt: str = "mp4",
    *,
    fps: int = 30,
    size: tuple[int, int] = (64, 48),
    samples: Samples | None = None,
    rate: int = 48_000,
    codec: str = "libx264",
) -> bytes:
    """Return a file of pictures, and of sound if ``samples`` are given.

    Picture number n is a grey of 16 + 4 (n mod 50), see ``number_of``.
    """
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=fmt) as container:
        video = container.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.gop_size = fps
        sound = None
        if samples is not None:
            sound = container.add_stream(CODECS[fmt], rate=rate)
            sound.layout = "mono"
        packets = [
            packet
            for frame in (*_numbered(round(seconds * fps), fps, size), None)
            for packet in video.encode(frame)
        ]
        if sound is not None and samples is not None:
            packets += _encoded_sound(sound, samples, rate)
        for packet in sorted(packets, key=lambda each: each.dts * each.time_base):
            container.mux(packet)
    return buffer.getvalue()


def number_of(frame: av.VideoFrame) -> int:
    """Return which picture of ``encode_video`` this is, modulo 50."""
    luma = np.asarray(frame.to_ndarray(format="gray8" if frame.format.name == "gray8" else None))
    height = frame.height
    return round((float(luma[:height].mean()) - 16) / 4)


def slices(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    """Cut ``data`` into pieces of ``sizes`` bytes, over and over."""
    place, turn = 0, 0
    while place < len(data):
        yield data[place : place + sizes[turn % len(sizes)]]
        place += sizes[turn % len(sizes)]
        turn += 1


def _numbered(count: int, fps: int, size: tuple[int, int]) -> Iterator[av.VideoFrame]:
    width, height = size
    for number in range(count):
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane, value in zip(frame.planes, (16 + 4 * (number % 50), 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, fps)
        yield frame


def _encoded_sound(stream: av.AudioStream, samples: Samples, rate: int) -> Iterator[av.Packet[Any]]:
    frame = av.AudioFrame.from_ndarray(samples[np.newaxis], "fltp", "mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, 0, Fraction(1, rate)
    context = stream.codec_context
    context.open(strict=False)
    resampler = av.AudioResampler(context.format, "mono", rate, context.frame_size or 1024)
    for piece in (*resampler.resample(frame), *resampler.resample(None)):
        yield from stream.encode(piece)
    yield from stream.encode(None)
