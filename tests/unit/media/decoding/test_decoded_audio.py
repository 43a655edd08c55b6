"""Decoded audio is int16 or float32 in [-1, 1], of one or two channels."""

from __future__ import annotations

import av
import numpy as np
import numpy.typing as npt
import pytest

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.decoded_audio import (
    CHUNK_S,
    DecodedAudio,
    float_samples,
    joined,
    to_sound,
)


def frame(samples: npt.NDArray[np.generic], fmt: str, layout: str) -> av.AudioFrame:
    made = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), fmt, layout)
    made.sample_rate = 24_000
    return made


def piece(seconds: float, value: int = 0, rate: int = 1000, channels: int = 1) -> DecodedAudio:
    return DecodedAudio(rate, np.full((channels, round(seconds * rate)), value, np.int16))


class TestOfAFrame:
    def test_packed_samples_are_taken_apart_by_channel(self) -> None:
        audio = to_sound(frame(np.array([[1, -1, 2, -2, 3, -3]], np.int16), "s16", "stereo"))
        assert audio.samples.tolist() == [[1, 2, 3], [-1, -2, -3]]
        assert audio.samples.dtype == np.int16
        assert (audio.rate, audio.duration) == (24_000, 3 / 24_000)

    def test_planar_samples_stay_as_they_are(self) -> None:
        planes = np.array([[1, 2, 3], [4, 5, 6]], np.int16)
        assert np.array_equal(to_sound(frame(planes, "s16p", "stereo")).samples, planes)

    def test_floats_are_finite_and_within_full_scale(self) -> None:
        values = np.array([[0.5, 2.0, -2.0, np.nan, np.inf, -np.inf]], np.float32)
        audio = to_sound(frame(values, "fltp", "mono"))
        assert audio.samples.dtype == np.float32
        assert audio.samples.tolist() == [[0.5, 1.0, -1.0, 0.0, 1.0, -1.0]]

    @pytest.mark.parametrize(
        ("fmt", "full"), [("s32", 2**31), ("dbl", 1.0), ("u8", 128)], ids=["s32", "dbl", "u8"]
    )
    def test_other_formats_become_floats(self, fmt: str, full: float) -> None:
        dtype = {"s32": np.int32, "dbl": np.float64, "u8": np.uint8}[fmt]
        middle = 128 if fmt == "u8" else 0
        values = (np.array([[0.5, -0.25, 0.0]]) * full + middle).astype(dtype)
        audio = to_sound(frame(values, fmt, "mono"))
        assert audio.samples.dtype == np.float32
        assert audio.samples[0] == pytest.approx([0.5, -0.25, 0.0], abs=0.01)

    def test_many_channels_become_two(self) -> None:
        planes = np.zeros((6, 100), np.float32)
        planes[0] = 0.5  # front left
        audio = to_sound(frame(planes, "fltp", "5.1"))
        assert audio.samples.shape == (2, 100)
        assert audio.samples[0].mean() > 0.1
        assert np.abs(audio.samples[1]).max() < 1e-6


class TestFloatSamples:
    def test_they_are_clipped_and_made_finite(self) -> None:
        samples = float_samples(np.array([[0.25, 1.5, np.nan]], np.float64), "a.wav")
        assert samples.tolist() == [[0.25, 1.0, 0.0]]
        assert samples.dtype == np.float32

    def test_numbers_that_were_never_divided_are_named(self) -> None:
        integers = np.linspace(-20_000, 20_000, 400)[None]
        with pytest.raises(MediaFileError, match=r"a\.wav: it holds .* before you write the file"):
            float_samples(integers, "a.wav")


class TestJoining:
    def test_neighbours_are_joined_until_they_last_a_tenth_of_a_second(self) -> None:
        chunks = joined(piece(0.04, number) for number in range(7))
        assert CHUNK_S == 0.1
        assert [chunk.duration for chunk in chunks] == pytest.approx([0.12, 0.12, 0.04])
        whole = np.concatenate([chunk.samples for chunk in chunks], axis=1)
        assert whole[0].tolist() == [number for number in range(7) for _ in range(40)]

    @pytest.mark.parametrize(
        "other",
        [
            piece(0.02, rate=2000),
            piece(0.02, channels=2),
            DecodedAudio(1000, np.zeros((1, 20), np.float32)),
        ],
        ids=["rate", "channels", "type"],
    )
    def test_what_differs_is_not_joined(self, other: DecodedAudio) -> None:
        chunks = joined([piece(0.02), piece(0.02), other, other, piece(0.02)])
        assert [chunk.duration for chunk in chunks] == pytest.approx([0.04, 0.04, 0.02])
        assert chunks[1].rate == other.rate
        assert chunks[1].samples.dtype == other.samples.dtype
        assert chunks[1].samples.shape[0] == other.samples.shape[0]

    def test_nothing_and_one(self) -> None:
        one = piece(0.5)
        assert joined([]) == []
        assert joined([one])[0] is one
