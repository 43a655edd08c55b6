"""MP3, ADTS and WAV are decoded as far as the bytes have come, wherever they are cut."""

from __future__ import annotations

import struct

import numpy as np
import numpy.typing as npt
import pytest

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.decoded_audio import DecodedAudio
from gradio_webrtc.media.decoding.elementary_streams import FrameDecoder, PushDecoder, WavDecoder
from tests.support.encoded_files import encode_audio, tone

Samples = npt.NDArray[np.generic]

TONE = tone(0.5)


def pushed(decoder: PushDecoder, data: bytes, size: int = 1 << 20) -> list[DecodedAudio]:
    """Push ``data`` in pieces of ``size``."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    return [audio for piece in pieces for audio in decoder.push(piece)]


def decoded(decoder: PushDecoder, data: bytes, size: int = 1 << 20) -> list[DecodedAudio]:
    """Push ``data`` in pieces of ``size``, then finish."""
    found = pushed(decoder, data, size)
    while rest := decoder.finish():
        found += rest
    return found


def samples(found: list[DecodedAudio]) -> Samples:
    return np.concatenate([audio.samples for audio in found], axis=1)


def wav(
    values: Samples, tag: int = 1, channels: int = 1, size: int | None = None, behind: bytes = b""
) -> bytes:
    """Return a WAV file at 8 kHz that declares ``size`` bytes of samples."""
    raw, width = values.tobytes(), values.dtype.itemsize
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 0, b"WAVE", b"fmt ", 16, tag, channels, 8000,
        8000 * width * channels, width * channels, 8 * width,
        b"data", len(raw) if size is None else size,
    )  # fmt: skip
    return head + raw + behind


class TestFrames:
    def test_mp3_with_a_tag_is_as_long_as_what_was_encoded(self) -> None:
        decoder = FrameDecoder("mp3float", "a.mp3")
        found = pushed(decoder, encode_audio(TONE, "mp3"))
        assert decoder.complete
        assert decoder.finish() == []
        assert {audio.rate for audio in found} == {48_000}
        whole = samples(found)
        assert whole.shape == (1, len(TONE))
        assert np.abs(whole[0] - TONE)[1000:-1000].max() < 0.05  # in place but for a sample

    def test_a_stream_without_a_tag_is_never_complete(self) -> None:
        decoder = FrameDecoder("aac", "a.aac")
        found = decoded(decoder, encode_audio(TONE, "adts"))
        assert samples(found).shape[1] >= len(TONE)
        assert not decoder.complete

    @pytest.mark.parametrize(("codec", "fmt"), [("mp3float", "mp3"), ("aac", "adts")])
    @pytest.mark.parametrize("size", [1, 13, 1000])
    def test_it_does_not_matter_where_it_is_cut(self, codec: str, fmt: str, size: int) -> None:
        data = encode_audio(TONE[:9600], fmt)
        whole = samples(decoded(FrameDecoder(codec, "a"), data))
        assert np.array_equal(samples(decoded(FrameDecoder(codec, "a"), data, size)), whole)

    def test_only_an_incomplete_frame_is_held_back(self) -> None:
        data = encode_audio(TONE, "adts")
        decoder = FrameDecoder("aac", "a.aac")
        at_once = sum(audio.samples.shape[1] for audio in decoder.push(data))
        rest = sum(audio.samples.shape[1] for audio in decoder.finish())
        assert at_once >= len(TONE) - 2048
        assert rest <= 2048

    def test_a_tag_of_text_and_pictures_is_skipped(self) -> None:
        data = encode_audio(TONE[:9600], "adts")
        cover = b"\xff\xf1\x50\x80\x20\x1f\xfc" * 300  # looks like frames
        size = len(cover)
        tag = b"ID3\x04\0\0" + bytes(
            [size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]
        )
        whole = samples(decoded(FrameDecoder("aac", "a"), data))
        for step in (1, 50, 1 << 20):
            tagged = decoded(FrameDecoder("aac", "a"), tag + cover + data, step)
            assert np.array_equal(samples(tagged), whole)

    def test_damage_is_skipped(self) -> None:
        data = bytearray(encode_audio(TONE, "adts"))
        data[len(data) // 2 : len(data) // 2 + 100] = bytes(100)
        assert samples(decoded(FrameDecoder("aac", "a"), bytes(data))).shape[1] > 0.7 * len(TONE)

    def test_what_holds_no_frame_is_an_error_at_its_end(self) -> None:
        decoder = FrameDecoder("mp3float", "a.mp3")
        assert decoder.push(b"no frame at all" * 50) == []
        with pytest.raises(MediaFileError, match=r"a\.mp3: nothing in it could be decoded"):
            decoder.finish()

    def test_nothing_is_sound_of_no_length(self) -> None:
        assert FrameDecoder("aac", "a").push(b"") == []

    def test_one_that_ends_early_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        data = encode_audio(tone(2.0), "mp3")
        assert decoded(FrameDecoder("mp3float", "a.mp3"), data[: len(data) // 2])
        assert "a.mp3 is 1." in caplog.text
        assert "s shorter than it says" in caplog.text


class TestWav:
    @pytest.mark.parametrize(
        ("values", "tag", "expected"),
        [
            (np.array([1, -2, 32_767], "<i2"), 1, [1, -2, 32_767]),
            (np.array([1 << 30, -(1 << 31), 0], "<i4"), 1, [0.5, -1.0, 0.0]),
            (np.array([0.5, -1.5, np.nan], "<f4"), 3, [0.5, -1.0, 0.0]),
            (np.array([0.5, -1.5, np.nan], "<f8"), 3, [0.5, -1.0, 0.0]),
        ],
        ids=["int16", "int32", "float32", "float64"],
    )
    def test_samples_of_each_kind(self, values: Samples, tag: int, expected: list[float]) -> None:
        [audio] = WavDecoder("a.wav").push(wav(values, tag))
        assert audio.rate == 8000
        assert audio.samples.tolist() == [expected]
        assert audio.samples.dtype == (np.int16 if values.dtype == "<i2" else np.float32)

    def test_channels_are_taken_apart(self) -> None:
        values = np.array([1, -1, 2, -2, 3, -3], "<i2")
        [audio] = WavDecoder("a.wav").push(wav(values, channels=2))
        assert audio.samples.tolist() == [[1, 2, 3], [-1, -2, -3]]

    @pytest.mark.parametrize("size", [1, 3, 7, 64])
    def test_it_does_not_matter_where_it_is_cut(self, size: int) -> None:
        values = np.arange(200, dtype="<i2")
        decoder = WavDecoder("a.wav")
        found = pushed(decoder, wav(values, channels=2), size)
        assert samples(found).tolist() == [list(range(0, 200, 2)), list(range(1, 200, 2))]
        assert decoder.complete

    @pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
    def test_without_a_length_everything_is_samples(self, size: int) -> None:
        values = np.arange(200, dtype="<i2")
        decoder = WavDecoder("a.wav")
        assert samples(decoder.push(wav(values, size=size))).shape == (1, 200)
        assert not decoder.complete
        assert decoder.push(b"\x01\x00")[0].samples.tolist() == [[1]]

    def test_what_is_behind_the_samples_is_none(self) -> None:
        values = np.arange(10, dtype="<i2")
        decoder = WavDecoder("a.wav")
        found = decoder.push(wav(values, behind=b"LIST\4\0\0\0abcd"))
        assert samples(found).tolist() == [list(range(10))]
        assert decoder.complete
        assert decoder.push(b"more") == []

    def test_half_a_sample_at_the_end_is_none(self) -> None:
        decoder = WavDecoder("a.wav")
        found = decoder.push(wav(np.arange(10, dtype="<i2"), size=5))
        assert samples(found).tolist() == [[0, 1]]
        assert decoder.complete

    def test_one_that_ends_early_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        decoder = WavDecoder("a.wav")
        decoder.push(wav(np.zeros(800, "<i2"), size=2 * 8000))
        assert decoder.finish() == []
        assert "a.wav is 0.90 s shorter than it says" in caplog.text
        assert decoder.finish() == []
        assert len(caplog.records) == 1

    def test_one_that_ends_within_its_header_is_an_error(self) -> None:
        decoder = WavDecoder("a.wav")
        assert decoder.push(wav(np.zeros(1, "<i2"))[:30]) == []
        with pytest.raises(MediaFileError, match="cut off within the header"):
            decoder.finish()

    def test_what_only_libav_decodes_is_said(self) -> None:
        with pytest.raises(LookupError):
            WavDecoder("a.wav").push(wav(np.zeros(10, np.uint8)))
