"""What a handler emits is taken when it is unambiguous and refused with a remedy when not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.audio.pcm import Pcm, parse_chunk, remix, to_float32, to_int16

RAMP = np.arange(8, dtype=np.int16)


@pytest.mark.parametrize(
    ("array", "layout", "expected"),
    [
        (RAMP, None, [RAMP]),
        (RAMP, "mono", [RAMP]),
        (RAMP[np.newaxis], None, [RAMP]),
        (RAMP.reshape(2, 4), None, [RAMP[:4], RAMP[4:]]),
        (RAMP.reshape(2, 4), "stereo", [RAMP[:4], RAMP[4:]]),
        (RAMP, "stereo", [RAMP[::2], RAMP[1::2]]),
        (RAMP[np.newaxis], "stereo", [RAMP[::2], RAMP[1::2]]),
        (RAMP[::-2], None, [RAMP[::-2]]),
        (RAMP.reshape(4, 2).T, None, [RAMP[::2], RAMP[1::2]]),
        (RAMP[:2].reshape(2, 1), None, [RAMP[:1], RAMP[1:2]]),
        (RAMP.astype(">i2"), None, [RAMP]),
    ],
)
def test_shapes(array: np.ndarray, layout: str | None, expected: list[np.ndarray]) -> None:
    pcm = parse_chunk((np.int64(24_000), array) if layout is None else (24_000, array, layout))
    assert pcm.sample_rate == 24_000
    assert pcm.samples.dtype == np.int16
    assert np.array_equal(pcm.samples, np.stack(expected))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_become_float32_and_are_clipped(dtype: Any) -> None:
    pcm = parse_chunk((8_000, np.array([-1.5, -1.0, 0.25, 1.0, 1.5], dtype)))
    assert pcm.samples.dtype == np.float32
    assert pcm.samples.tolist() == [[-1.0, -1.0, 0.25, 1.0, 1.0]]


@pytest.mark.parametrize("array", [np.zeros(0), np.zeros((1, 0), np.int16), np.zeros((0, 1))])
def test_nothing_is_fine(array: np.ndarray) -> None:
    assert parse_chunk((8_000, array)).samples.shape == (1, 0)
    assert parse_chunk((8_000, np.zeros((2, 0)))).samples.shape == (2, 0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ["sample_rate, array", "NoneType"]),
        (RAMP, ["sample_rate, array", "int16 array of shape (8,)"]),
        ((8_000,), ["tuple of (int)"]),
        ((8_000, RAMP, "mono", 1), ["tuple of (int, an int16"[:14]]),
        (("8000", RAMP), ["str as the sample rate"]),
        ((True, RAMP), ["bool as the sample rate"]),
        ((RAMP, 8_000), ["swap"]),
        ((0, RAMP), ["1000 to 384000 Hz", "got 0"]),
        ((400_000, RAMP), ["1000 to 384000 Hz", "got 400000"]),
        ((8_000, RAMP, "5.1"), ["'5.1' as the layout"]),
        ((8_000, [1, 2]), ["int16 or float32", "got list", "numpy.asarray"]),
        ((8_000, RAMP.reshape(8, 1)), ["(8, 1)", "transpose", "array.T"]),
        ((8_000, RAMP.reshape(4, 2)), ["(4, 2)", "transpose"]),
        ((8_000, np.zeros((3, 9), np.int16)), ["(2, samples)", "(3, 9)"]),
        ((8_000, np.zeros((1, 2, 3), np.int16)), ["(1, 2, 3)"]),
        ((8_000, np.int16(3) + np.zeros((), np.int16)), ["int16"]),
        ((8_000, RAMP[:7], "stereo"), ["even number", "(7,)"]),
        ((8_000, RAMP.reshape(2, 4), "mono"), ["'mono'", "(2, 4)", "mean"]),
        ((8_000, RAMP.astype(np.int32)), ["int16 or float32", "int32", "(8,)"]),
        ((8_000, RAMP.astype(np.uint8)), ["uint8"]),
        ((8_000, RAMP > 3), ["bool"]),
        ((8_000, RAMP * 1j), ["complex128"]),
        ((8_000, np.array([0.0, np.nan])), ["NaN", "float64", "(1, 2)"]),
        ((8_000, np.array([0.0, np.inf], np.float32)), ["NaN or infinite"]),
        ((8_000, np.array([0.0, -21_034.0])), ["21034", "astype(numpy.int16)"]),
    ],
)
def test_what_is_refused_names_what_was_expected_and_what_came(
    value: Any, words: list[str]
) -> None:
    with pytest.raises(MediaFormatError) as caught:
        parse_chunk(value)
    for word in ["xpected", *words]:
        assert word in str(caught.value)


def test_every_int16_survives_the_way_to_float_and_back() -> None:
    every = np.arange(-32_768, 32_768).astype(np.int16)[np.newaxis]
    assert np.array_equal(to_int16(to_float32(every)), every)


def test_floats_are_rounded_not_truncated_and_never_wrap() -> None:
    values = np.array([[0.6, -0.6, 32_767.4, 40_000.0, -40_000.0]], np.float32)
    assert to_int16(values / np.float32(32_768)).tolist() == [[1, -1, 32_767, 32_767, -32_768]]


def test_remix() -> None:
    loud = np.full((2, 3), 32_767, np.int16)
    assert remix(loud, 1).tolist() == [[32_767] * 3]
    assert remix(loud[:1], 2).shape == (2, 3)
    assert remix(np.array([[0.5], [-0.5]], np.float32), 1).tolist() == [[0.0]]
    assert remix(loud, 2) is loud


def test_a_long_chunk_can_be_taken_in_pieces() -> None:
    pcm = Pcm(8_000, np.arange(2_500, dtype=np.int16)[np.newaxis])
    pieces = list(pcm.pieces(0.1))
    assert [piece.samples.shape[1] for piece in pieces] == [800, 800, 800, 100]
    assert np.array_equal(np.concatenate([p.samples for p in pieces], axis=1), pcm.samples)
    assert pcm.duration == pytest.approx(0.3125)
