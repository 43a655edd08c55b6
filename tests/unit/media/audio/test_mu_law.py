"""Mu-law is that of G.711: byte for byte what FFmpeg makes of it."""

from __future__ import annotations

import av
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gradio_webrtc.media.audio.mu_law import decode, encode

EVERY_SAMPLE = np.arange(-32_768, 32_768).astype(np.int16)


def codec(mode: str) -> av.AudioCodecContext:
    made = av.CodecContext.create("pcm_mulaw", mode)  # type: ignore[call-overload]
    made.sample_rate, made.layout, made.format = 8_000, "mono", "s16"
    return made


def test_every_sample_becomes_the_byte_that_ffmpeg_makes_of_it() -> None:
    frame = av.AudioFrame.from_ndarray(EVERY_SAMPLE[np.newaxis], "s16", "mono")
    frame.sample_rate = 8_000
    assert encode(EVERY_SAMPLE) == b"".join(map(bytes, codec("w").encode(frame)))


def test_every_byte_becomes_the_sample_that_ffmpeg_makes_of_it() -> None:
    every_byte = bytes(range(256))
    frames = codec("r").decode(av.Packet(every_byte))
    decoded = np.concatenate([frame.to_ndarray() for frame in frames], axis=1)
    assert np.array_equal(decode(every_byte), decoded)


def test_silence_is_silence_and_an_error_is_small_beside_its_sample() -> None:
    assert encode(np.zeros((1, 3), np.int16)) == b"\xff\xff\xff"
    there_and_back = decode(encode(EVERY_SAMPLE))[0].astype(int)
    error = np.abs(there_and_back - EVERY_SAMPLE)
    assert np.all(error <= 8 + np.abs(EVERY_SAMPLE.astype(int)) / 31)


def test_the_shapes_and_types() -> None:
    for shape in ((1, 0), (1, 160), (160,)):
        encoded = encode(np.zeros(shape, np.int16))
        assert len(encoded) == np.prod(shape)
        decoded = decode(encoded)
        assert decoded.shape == (1, len(encoded))
        assert decoded.dtype == np.int16


@given(st.binary(max_size=300))
def test_what_was_decoded_is_encoded_to_the_same_values(data: bytes) -> None:
    # Bytes, too, but for the two zeros.
    again = encode(decode(data))
    assert again == data.replace(b"\x7f", b"\xff")


@given(arrays.arrays(np.int16, arrays.array_shapes(max_dims=1, max_side=200)), st.integers(1, 3))
def test_an_array_need_not_be_contiguous(samples: np.ndarray, step: int) -> None:
    assert encode(samples[::step]) == encode(samples[::step].copy())
