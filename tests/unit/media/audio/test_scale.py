"""Floats that are no audio in [-1, 1] are refused wherever floats come in, over-driven ones not."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc import audio_to_bytes, audio_to_float32, audio_to_int16
from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.audio.pcm import parse_chunk
from gradio_webrtc.media.audio.scale import MOST, what_is_wrong
from gradio_webrtc.media.decoding.byte_feed import ByteFeed
from gradio_webrtc.media.decoding.encoded_input import EncodedInput
from gradio_webrtc.media.decoding.media_files import DecodingRun
from gradio_webrtc.media.emitted_media import BLOCK_SECONDS, parse_audio
from gradio_webrtc.speech.recognition.model_audio import mono_at
from gradio_webrtc.turns.detection.silero import get_silero_model
from tests.support.synthetic_speech import say
from tests.unit.media.tones import few

RATE = 24_000
WORDS = "look like 16-bit samples: use array.astype"


def noise(level: float, seed: int = 0, size: int = RATE) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=size) * level).astype(np.float32)


ENTRANCES: dict[str, Callable[[Any], Any]] = {
    "emitted": lambda samples: parse_chunk((RATE, samples)),
    "emitted, in blocks": lambda samples: list(parse_audio((RATE, samples)).pieces(BLOCK_SECONDS)),
    "audio_to_bytes": lambda samples: audio_to_bytes((RATE, samples)),
    "audio_to_float32": audio_to_float32,
    "audio_to_int16": lambda samples: audio_to_int16((RATE, samples)),
    "recognised": lambda samples: mono_at(16_000, (RATE, samples)),
    "voice detection": lambda samples: get_silero_model().vad((RATE, samples)),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_quiet_noise_on_the_scale_of_16_bits_is_refused(entrance: str) -> None:
    for dtype in (np.float16, np.float32, np.float64):
        with pytest.raises(MediaFormatError, match=WORDS):
            ENTRANCES[entrance](noise(120).astype(dtype))
    ENTRANCES[entrance](noise(0.2))


@few
@given(gain=st.floats(0.0, MOST), seed=st.integers(0, 20), voice=st.booleans())
def test_whatever_is_over_driven_is_clipped(gain: float, seed: int, voice: bool) -> None:
    samples = say("Good morning.").astype(np.float32) / 32_768 if voice else noise(0.25, seed)
    samples = samples / np.abs(samples).max() * np.float32(gain * 0.999)
    assert what_is_wrong(samples) is None
    assert np.abs(parse_chunk((RATE, samples)).samples).max() <= 1.0


@few
@given(level=st.floats(2.0, 32_767.0), seed=st.integers(0, 20), divided=st.booleans())
def test_any_recording_that_was_not_divided_is_refused(
    level: float, seed: int, divided: bool
) -> None:
    """However quiet it is: a person's voice at the level of the least bits included."""
    spoken = say("Good morning.").astype(np.float64)
    whole = np.rint(spoken / np.abs(spoken).max() * level).astype(np.int16)
    samples = whole.astype(np.float32)
    assert (what_is_wrong(samples / 32_768 if divided else samples) is None) == divided
    with pytest.raises(MediaFormatError, match=WORDS):  # one that was resampled as well
        parse_chunk((RATE, noise(MOST / 2, seed)))


@pytest.mark.parametrize("level", [0.5, 1.0, 2.0, 4.0])
def test_square_waves_may_consist_of_whole_numbers(level: float) -> None:
    wave = np.where(np.arange(960) % 100 < 50, level, -level).astype(np.float32)
    assert what_is_wrong(wave) is None
    assert what_is_wrong(np.zeros(0, np.float32)) is None


@pytest.mark.parametrize("plain", [True, False], ids=["32 bits", "64 bits big-endian, by libav"])
def test_a_file_of_floats_that_were_not_divided_is_refused(plain: bool, tmp_path: Path) -> None:
    for samples, refused in ((noise(120), True), (noise(0.2), False)):
        data = _float_wav(samples) if plain else _float_caf(samples, tmp_path)
        if refused:
            with pytest.raises(MediaFormatError, match=WORDS):
                _played(data)
        else:
            assert _played(data)


def _played(data: bytes) -> list[Any]:
    feed = ByteFeed(EncodedInput(data), lambda: feed.give(None))
    return list(DecodingRun(feed, frozenset({"audio"})))


def _float_wav(samples: np.ndarray) -> bytes:
    body = samples.astype("<f4").tobytes()
    fmt = struct.pack("<HHIIHH", 3, 1, RATE, RATE * 4, 4, 32)
    head = b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(body))
    return b"RIFF" + struct.pack("<I", len(head) + len(body)) + head + body


def _float_caf(samples: np.ndarray, folder: Path) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="caf") as container:
        stream = container.add_stream("pcm_f64be", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.astype(np.float64)[np.newaxis], "dbl", "mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
