"""The library is found with PyAV, and bears whatever a packet holds."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradio_webrtc.media.audio import libopus as module
from gradio_webrtc.media.audio.libopus import (
    MOST_SAMPLES,
    LibopusDecoder,
    LibopusEncoder,
    libopus,
    libopus_that_encodes,
)
from gradio_webrtc.media.audio.opus import OpusEncoder
from tests.support.synthetic_speech import say
from tests.unit.media.tones import few


def library() -> ctypes.PyDLL:
    found = libopus()
    assert found is not None
    return found


def test_it_is_loaded_once() -> None:
    assert library() is library()


def test_without_a_library_there_is_none_and_the_log_says_it_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_of_pyav", lambda package: [package / "no such library"])
    # One that has not these functions, and one that is nowhere.
    monkeypatch.setattr(module, "_SYSTEM", ("libc.so.6", "libnowhere.so.0"))
    asked = cache(libopus.__wrapped__)
    assert asked() is None
    assert asked() is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "pip install" in caplog.text


def test_a_library_that_does_otherwise_is_not_used() -> None:
    class Odd:
        def opus_decoder_get_size(self, channels: int) -> int:
            return self.size

        def opus_decoder_init(self, *_: bytes | int) -> int:
            return -1

        size = 2**31 - 1

    odd: Any = Odd()
    with pytest.raises(ValueError, match="bytes"):
        LibopusDecoder(odd, 1)
    odd.size = 20_000
    with pytest.raises(ValueError, match="refused"):
        LibopusDecoder(odd, 1)


@cache
def spoken() -> list[bytes]:
    """Return packets with copies of those before them."""
    encoder = OpusEncoder(1, 32_000, 5, "voip", 15)
    sound = say("One two three.")[np.newaxis]
    return [bytes(encoder.encode(sound[:, n : n + 960], n)) for n in range(0, 24_000, 960)]


def damaged(packet: bytes, at: int, value: int, length: int) -> bytes:
    changed = bytearray(packet)
    changed[at % len(packet)] = value
    return bytes(changed[: 1 + length % len(packet)])


hostile = st.one_of(
    st.binary(max_size=300),
    st.builds(
        damaged,
        st.deferred(lambda: st.sampled_from(spoken())),
        st.integers(0, 400),
        st.integers(0, 255),
        st.integers(0, 400),
    ),
)


@few
@given(
    st.lists(st.tuples(hostile, st.integers(1, MOST_SAMPLES // 120)), max_size=8),
    st.sampled_from([1, 2]),
)
def test_any_packets_are_survived(packets: list[tuple[bytes, int]], channels: int) -> None:
    decoder = LibopusDecoder(library(), channels)
    for payload, frames in packets:
        recovered = decoder.recover(payload, frames * 120)
        assert recovered.shape[0] == channels
        assert recovered.shape[1] in (0, frames * 120)
        decoded = decoder.decode(payload)
        assert decoded.dtype == np.int16
        assert decoded.shape[0] == channels
        assert decoded.shape[1] <= MOST_SAMPLES


def test_what_it_returned_stays_as_it_was() -> None:
    decoder, encoder = LibopusDecoder(library(), 1), OpusEncoder(1)
    loud = np.full((1, 960), 9_000, np.int16) * np.array([1, -1] * 480, np.int16)
    first = decoder.decode(bytes(encoder.encode(loud, 0)))
    kept = first.copy()
    decoder.decode(bytes(encoder.encode(np.zeros_like(loud), 960)))
    assert np.array_equal(first, kept)


def test_a_library_that_does_not_take_its_settings_leaves_encoding_to_ffmpeg(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert libopus_that_encodes() is library()
    monkeypatch.setattr(LibopusEncoder, "bitrate", lambda encoder: 6_000)
    assert libopus_that_encodes.__wrapped__() is None
    monkeypatch.undo()
    monkeypatch.setattr(module, "libopus", lambda: None)
    assert libopus_that_encodes.__wrapped__() is None


def test_what_libopus_refuses_is_an_error() -> None:
    with pytest.raises(ValueError, match="refused"):
        LibopusEncoder(library(), 1, 48_000, 11, "lowdelay")
    encoder = LibopusEncoder(library(), 1, 48_000, 5, "lowdelay")
    with pytest.raises(ValueError, match="does not encode"):
        encoder.encode(np.zeros((961, 1), np.int16))
