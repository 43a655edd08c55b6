"""Audio as arrays, bytes and files, for what user code talks to: models, web services, Gradio."""

from __future__ import annotations

import io
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable, Generator, Iterable
from typing import Any, TypeAlias, cast

import av
import numpy as np
import numpy.typing as npt

from gradio_webrtc.errors import AudioTypeError, MediaFormatError
from gradio_webrtc.media.audio.pcm import (
    Float32Array,
    Int16Array,
    Pcm,
    parse_chunk,
    to_float32,
    to_int16,
)
from gradio_webrtc.media.audio.resampler import resampled
from gradio_webrtc.media.audio.scale import what_is_wrong

Samples: TypeAlias = "npt.NDArray[np.int16] | npt.NDArray[np.float32]"

_MP3_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_SHORTEST = 400
"""Samples; a file without any frame is none that players open."""
_PUBLISHED_SCALE = np.float32(32_767)
"""What ``audio_to_int16`` multiplies by, so that 1.0 and -1.0 are as far from 0."""
_MP3_BITS_A_SECOND = 64_000
"""For each channel; speech at this rate is hard to tell from the original."""


def audio_to_bytes(audio: tuple[int, Samples]) -> bytes:
    """Encode ``audio`` as an MP3 file.

    Audio without samples becomes a file of silence, a twentieth of a second long at most.

    Args:
        audio: ``(sample_rate in Hz, int16 or float32 in [-1, 1])``, shape ``(samples,)``,
            ``(1, samples)`` or ``(2, samples)``. A rate that MP3 does not know, such as 96 kHz,
            becomes the next lower one that it does.

    Raises:
        MediaFormatError: ``audio`` is something else; the text says what is expected.
    """
    pcm = _at_mp3_rate(parse_chunk(audio))
    samples = to_int16(pcm.samples)
    if samples.shape[1] == 0:
        samples = np.zeros((pcm.channels, _SHORTEST), np.int16)
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        layout = "stereo" if pcm.channels == 2 else "mono"
        stream = container.add_stream("libmp3lame", rate=pcm.sample_rate, layout=layout)
        stream.bit_rate = _MP3_BITS_A_SECOND * pcm.channels
        for start in range(0, samples.shape[1], pcm.sample_rate):
            piece = np.ascontiguousarray(samples[:, start : start + pcm.sample_rate])
            frame = av.AudioFrame.from_ndarray(piece, "s16p", layout)
            frame.sample_rate, frame.pts = pcm.sample_rate, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


def audio_to_file(audio: tuple[int, Samples]) -> str:
    """Write ``audio`` to a new MP3 file in the temporary directory and return its path.

    The file is the caller's: delete it when it is not wanted any more. Gradio's components take
    the path as it is.

    Args:
        audio: see :func:`audio_to_bytes`.

    Raises:
        MediaFormatError: as :func:`audio_to_bytes`.
        OSError: the file cannot be written.
    """
    encoded = audio_to_bytes(audio)
    with tempfile.NamedTemporaryFile(suffix=".mp3", delete=False) as file:
        file.write(encoded)
    return file.name


def audio_to_float32(audio: npt.NDArray[Any] | tuple[int, npt.NDArray[Any]]) -> Float32Array:
    """Return the samples as float32 in [-1, 1], in the same shape; int16 is divided by 32768.

    Args:
        audio: an array of int16 or of floats, or ``(sample_rate, array)``.

    Raises:
        AudioTypeError: it is something else, a ``TypeError``; the text says what is expected.
        MediaFormatError: floats that are no audio, such as 16-bit numbers.
    """
    return to_float32(_samples(audio))


def audio_to_int16(audio: npt.NDArray[Any] | tuple[int, npt.NDArray[Any]]) -> Int16Array:
    """Return the samples as int16, in the same shape; floats are clipped and scaled by 32767.

    That is as published, fractions being cut off. What handlers emit as floats is scaled by 32768
    and rounded, so that audio from 16-bit sources comes out unchanged.

    Args:
        audio: an array of int16 or of floats, or ``(sample_rate, array)``.

    Raises:
        AudioTypeError: it is something else, a ``TypeError``; the text says what is expected.
        MediaFormatError: floats that are no audio, such as 16-bit numbers.
    """
    samples = _samples(audio)
    if samples.dtype == np.int16:
        return cast(Int16Array, samples)
    return cast(Int16Array, (samples.clip(-1.0, 1.0) * _PUBLISHED_SCALE).astype(np.int16))


def aggregate_bytes_to_16bit(
    chunks_iterator: Iterable[bytes],
) -> Generator[Int16Array, None, None]:
    """Turn pieces of a stream of little-endian 16-bit samples into int16 arrays ``(1, samples)``.

    A sample may begin in one piece and end in the next. A single byte left at the end is dropped.

    Raises:
        MediaFormatError: a piece is not bytes.
    """
    rest = b""
    for chunk in chunks_iterator:
        samples, rest = _whole_samples(rest, chunk)
        if samples.size:
            yield samples


async def async_aggregate_bytes_to_16bit(
    chunks_iterator: AsyncIterable[bytes],
) -> AsyncGenerator[Int16Array, None]:
    """Do what :func:`aggregate_bytes_to_16bit` does with an asynchronous stream.

    Raises:
        MediaFormatError: a piece is not bytes.
    """
    rest = b""
    async for chunk in chunks_iterator:
        samples, rest = _whole_samples(rest, chunk)
        if samples.size:
            yield samples


def _at_mp3_rate(pcm: Pcm) -> Pcm:
    if pcm.sample_rate in _MP3_RATES:
        return pcm
    rate = max((r for r in _MP3_RATES if r < pcm.sample_rate), default=_MP3_RATES[0])
    return Pcm(rate, resampled(pcm, rate, pcm.channels))


def _samples(audio: Any) -> Int16Array | Float32Array:
    array = audio[1] if isinstance(audio, tuple) and len(audio) in (2, 3) else audio
    known = isinstance(array, np.ndarray) and (array.dtype == np.int16 or array.dtype.kind == "f")
    if not known:
        what = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise AudioTypeError(
            f"Unsupported audio data type: {what}. Expected an array of int16 or float32 samples, "
            "or (sample_rate, array)."
        )
    if array.dtype == np.int16:
        return cast(Int16Array, array)
    if (wrong := what_is_wrong(array)) is not None:
        raise MediaFormatError(f"Expected float samples in [-1, 1]; got {wrong}.")
    return cast(Float32Array, array.astype(np.float32, copy=False))


def _whole_samples(rest: bytes, chunk: Any) -> tuple[Int16Array, bytes]:
    if not isinstance(chunk, bytes | bytearray | memoryview):
        raise MediaFormatError(
            f"Expected pieces of bytes holding 16-bit samples; got {type(chunk).__name__}."
        )
    joined = bytearray(rest) + chunk
    end = len(joined) // 2 * 2
    samples = np.frombuffer(joined[:end], dtype="<i2").astype(np.int16, copy=False)
    return samples.reshape(1, -1), bytes(joined[end:])
