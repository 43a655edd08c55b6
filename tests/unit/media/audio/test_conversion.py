"""Sound as arrays, bytes and files."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
from collections.abc import AsyncIterator
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc import (
    MediaFormatError,
    aggregate_bytes_to_16bit,
    async_aggregate_bytes_to_16bit,
    audio_to_bytes,
    audio_to_file,
    audio_to_float32,
    audio_to_int16,
)
from gradio_webrtc.media.audio.pcm import Float32Array, Int16Array


def tone(rate: int, seconds: float = 1.0, hertz: float = 440.0) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate) * 0.5


def decoded(source: Any) -> tuple[int, np.ndarray]:
    """Return the rate and the float samples of an encoded file, shape (channels, samples)."""
    with av.open(source) as container:
        frames = list(container.decode(audio=0))
        assert container.format.name == "mp3"
    return frames[0].sample_rate, np.concatenate([f.to_ndarray() for f in frames], axis=1)


def strongest(samples: np.ndarray, rate: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))


@pytest.mark.parametrize("rate", [8000, 16_000, 24_000, 44_100, 48_000])
@pytest.mark.parametrize("kind", ["int16", "float32", "row"])
def test_bytes_are_an_mp3_that_lasts_and_sounds_as_long_and_as_high(rate: int, kind: str) -> None:
    samples = tone(rate).astype(np.float32)
    kinds: dict[str, Int16Array | Float32Array] = {
        "int16": (samples * 32767).astype(np.int16),
        "float32": samples,
        "row": samples[np.newaxis],
    }
    back_rate, back = decoded(io.BytesIO(audio_to_bytes((rate, kinds[kind]))))
    assert back_rate == rate
    assert back.shape[0] == 1
    # Encoders fill up the last frames: less than a tenth of a second at the lowest rate.
    assert len(samples) <= back.shape[1] + 1152 < len(samples) + 4 * 1152
    middle = back[0, rate // 4 : 3 * rate // 4]
    assert strongest(middle, rate) == pytest.approx(440, abs=5)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.05)


def test_stereo_keeps_its_sides() -> None:
    sides = np.stack([tone(24_000, hertz=440), tone(24_000, hertz=1000)]).astype(np.float32)
    _, back = decoded(io.BytesIO(audio_to_bytes((24_000, sides))))
    assert strongest(back[0, 6000:18000], 24_000) == pytest.approx(440, abs=5)
    assert strongest(back[1, 6000:18000], 24_000) == pytest.approx(1000, abs=5)


@pytest.mark.parametrize(("rate", "becomes"), [(96_000, 48_000), (6_000, 8_000), (40_000, 32_000)])
def test_a_rate_that_mp3_lacks_becomes_one_it_has(rate: int, becomes: int) -> None:
    back_rate, back = decoded(io.BytesIO(audio_to_bytes((rate, tone(rate).astype(np.float32)))))
    assert back_rate == becomes
    assert strongest(back[0, becomes // 4 : -becomes // 4], becomes) == pytest.approx(440, abs=5)


@pytest.mark.parametrize("shape", [(0,), (1, 0), (2, 0)])
def test_nothing_said_is_a_file_all_the_same(shape: tuple[int, ...]) -> None:
    rate, back = decoded(io.BytesIO(audio_to_bytes((16_000, np.zeros(shape, np.int16)))))
    assert rate == 16_000
    assert np.abs(back).max() < 0.01


def test_file_is_a_new_mp3_in_the_temporary_directory() -> None:
    audio = (16_000, tone(16_000).astype(np.float32))
    first, second = audio_to_file(audio), audio_to_file(audio)
    try:
        assert first != second
        assert first.endswith(".mp3")
        assert os.path.dirname(first) == tempfile.gettempdir()
        assert strongest(decoded(first)[1][0], 16_000) == pytest.approx(440, abs=5)
    finally:
        os.unlink(first)
        os.unlink(second)


def test_float32_divides_and_int16_multiplies_and_both_keep_shape() -> None:
    ints = np.array([[-32768, 0, 16384, 32767]], np.int16)
    floats = audio_to_float32(ints)
    assert floats.dtype == np.float32
    np.testing.assert_allclose(floats, [[-1.0, 0.0, 0.5, 32767 / 32768]])
    # As published: by 32767, and what is left over is cut off.
    assert audio_to_int16(np.array([[-1.0, 0.0, 0.5, 1.0]], np.float32)).tolist() == [
        [-32767, 0, 16383, 32767]
    ]
    assert audio_to_int16(np.array([2.0, -2.0], np.float32)).tolist() == [32767, -32767]
    assert audio_to_float32(floats) is floats
    assert audio_to_int16(ints) is ints


def test_tuples_and_double_precision_are_taken_too() -> None:
    ints = np.array([1, -2], np.int16)
    np.testing.assert_array_equal(audio_to_int16((48_000, ints)), ints)
    np.testing.assert_allclose(audio_to_float32((48_000, ints)), ints / 32768)
    assert audio_to_float32(np.array([0.5])).dtype == np.float32


@pytest.mark.parametrize("convert", [audio_to_float32, audio_to_int16])
@pytest.mark.parametrize("wrong", [[1, 2], None, b"ab", np.zeros(3, np.int32), (48_000, [1])])
def test_what_is_no_array_of_samples_is_refused(convert: Any, wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"Unsupported audio data type") as caught:
        convert(wrong)
    assert isinstance(caught.value, MediaFormatError)
    assert "Expected an array of int16 or float32" in str(caught.value)


@pytest.mark.parametrize("encode", [audio_to_bytes, audio_to_file])
@pytest.mark.parametrize("wrong", [None, np.zeros(3, np.int16), (48_000, [1, 2]), ("x", 3)])
def test_what_is_no_audio_is_refused(encode: Any, wrong: Any) -> None:
    with pytest.raises(MediaFormatError, match=r"Expected audio as \(sample_rate, array\)"):
        encode(wrong)


@given(st.lists(st.binary(max_size=9)))
def test_pieces_become_whole_samples_wherever_they_were_cut(pieces: list[bytes]) -> None:
    arrays = list(aggregate_bytes_to_16bit(iter(pieces)))
    stream = b"".join(pieces)
    expected = np.frombuffer(stream[: len(stream) // 2 * 2], "<i2")
    got = np.concatenate(arrays, axis=1) if arrays else np.zeros((1, 0), np.int16)
    np.testing.assert_array_equal(got[0], expected)
    assert all(a.dtype == np.int16 and a.shape[0] == 1 and a.size for a in arrays)


async def _sent(*pieces: Any) -> AsyncIterator[Any]:
    for piece in pieces:
        await asyncio.sleep(0)
        yield piece


async def test_asynchronous_pieces_do_the_same() -> None:
    arrays = [a async for a in async_aggregate_bytes_to_16bit(_sent(b"\x01", b"\x00\x02", b"\x00"))]
    assert [a.tolist() for a in arrays] == [[[1]], [[2]]]


def test_arrays_may_be_written_to() -> None:
    array = next(aggregate_bytes_to_16bit([b"\x01\x00"]))
    array[:] = 7
    assert array.tolist() == [[7]]


async def test_what_is_not_bytes_is_refused() -> None:
    with pytest.raises(MediaFormatError, match=r"Expected pieces of bytes.*got str"):
        list(aggregate_bytes_to_16bit(["ab"]))  # type: ignore[list-item]
    with pytest.raises(MediaFormatError, match=r"Expected pieces of bytes.*got int"):
        [a async for a in async_aggregate_bytes_to_16bit(_sent(3))]
