"""Headers that were written before anybody knew the length: all is played, and nobody complains."""

from __future__ import annotations

import io
import struct
import time

import av
import pytest

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.byte_feed import ByteFeed
from gradio_webrtc.media.decoding.container import Stretch
from gradio_webrtc.media.decoding.encoded_input import EncodedInput
from gradio_webrtc.media.decoding.media_files import DecodingRun
from tests.support.encoded_files import encode_audio, tone

RATE = 24_000
WAV = encode_audio(tone(2.0, RATE), "wav", RATE)
MP3 = encode_audio(tone(2.0), "mp3")
FLAC = encode_audio(tone(2.0), "flac")


def played(*slices: bytes) -> float:
    """Return how many seconds of sound come out."""
    parts = [EncodedInput(one) for one in slices]
    feed = ByteFeed(parts[0], lambda: feed.give(parts.pop(1) if len(parts) > 1 else None))
    items = list(DecodingRun(feed, frozenset({"audio"})))
    return sum(item.sound.duration for item in items if isinstance(item, Stretch))


def patched(data: bytes, at: int, layout: str, value: float) -> bytes:
    changed = bytearray(data)
    struct.pack_into(layout, changed, at, value)
    return bytes(changed)


def wav(size: int) -> bytes:
    """Return two seconds that say they are so many bytes."""
    sized = patched(WAV, WAV.index(b"data") + 4, "<I", size)
    return patched(sized, 4, "<I", min(0xFFFF_FFFF, size + 36))


IMPOSSIBLE = [
    0,
    2_000_000_000,
    0x7FFF_FFFF,
    0x7FFF_FFFF - 36,
    0x8000_0000,
    0xFFFF_FFFF,
    0xFFFF_FFFF - 44,
    0xFFFF_FFFE,
]


@pytest.mark.parametrize("size", IMPOSSIBLE)
@pytest.mark.parametrize("cut", [None, 30, 5_000])
def test_a_wav_size_that_cannot_be_is_unknown(
    size: int, cut: int | None, caplog: pytest.LogCaptureFixture
) -> None:
    data = wav(size)
    step = cut or len(data)
    assert played(*(data[at : at + step] for at in range(0, len(data), step))) == pytest.approx(2.0)
    assert caplog.text == ""


@pytest.mark.parametrize("size", [200_000, 100_000_000])
def test_a_wav_size_that_could_be_is_logged(size: int, caplog: pytest.LogCaptureFixture) -> None:
    assert played(wav(size)) == pytest.approx(2.0, abs=1e-3)
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "shorter than it says" in record.getMessage()


@pytest.mark.parametrize("declared", [True, False])
def test_what_is_behind_the_sound_of_an_rf64_file_is_no_sound(declared: bool) -> None:
    at = WAV.index(b"data")
    sizes = struct.pack("<QQQ", 0, len(WAV) - at - 8 if declared else 0, 0)
    head = b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<I", 28) + sizes + bytes(4)
    data = head + patched(WAV[12:], at - 12 + 4, "<I", 0xFFFF_FFFF)
    behind = b"LIST" + struct.pack("<I", 20_000) + bytes(range(250)) * 80
    assert played(data) == pytest.approx(2.0)
    if declared:
        assert played(data + behind) == pytest.approx(2.0)
        assert played(data[:9_000], data[9_000:] + behind) == pytest.approx(2.0)


@pytest.mark.parametrize("frames", [0, 850, 2**32 - 1])
def test_an_mp3_tag_that_counts_other_frames(frames: int) -> None:
    data = patched(MP3, MP3.index(b"Info" if b"Info" in MP3 else b"Xing") + 8, ">I", frames)
    assert played(data) == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("samples", [0, 10 * 96_000, 2**36 - 1])
def test_a_flac_header_that_counts_other_samples(samples: int) -> None:
    fields = int.from_bytes(FLAC[18:26], "big") >> 36 << 36 | samples
    assert played(FLAC[:18] + fields.to_bytes(8, "big") + FLAC[26:]) == pytest.approx(2.0)


def test_fragments_with_a_length_of_their_own() -> None:
    data = _muxed("mp4", "aac", {"movflags": "frag_keyframe+empty_moov+default_base_moof"})
    for box in (b"mvhd", b"mdhd"):
        scale = struct.unpack_from(">I", data, data.index(box) + 16)[0]
        longer = patched(data, data.index(box) + 20, ">I", 100 * scale)
        assert played(longer) == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("seconds", [100.0, 1e6])
def test_webm_with_a_wrong_length_and_live(seconds: float) -> None:
    data = _muxed("webm", "libopus", {})
    longer = patched(data, data.index(b"\x44\x89\x88") + 3, ">d", 1000 * seconds)
    assert played(longer) == pytest.approx(2.0, abs=0.02)
    assert played(_muxed("webm", "libopus", {"live": "1"})) == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize("size", [10**6, 2**32 - 1])
def test_aiff_and_au(size: int) -> None:
    aiff, au = _muxed("aiff", "pcm_s16be", {}), _muxed("au", "pcm_s16be", {})
    assert played(patched(aiff, aiff.index(b"SSND") + 4, ">I", size)) == pytest.approx(2.0)
    assert played(patched(au, 8, ">I", size)) == pytest.approx(2.0)


def test_ogg_without_its_last_page() -> None:
    data = encode_audio(tone(2.0), "ogg")
    assert played(data[: data.rindex(b"OggS")]) > 1.0


def test_a_header_costs_no_more_than_it_has_bytes() -> None:
    """Chunks before the samples were joined anew, and gone through anew, with each piece."""
    junk = b"".join(b"junk\x02\0\0\0ab" for _ in range(400_000))
    data = WAV[:36] + b"LIST" + struct.pack("<I", 8_000_000) + bytes(8_000_000) + junk + WAV[36:]
    tag = b"ID3\x04\0\0" + bytes([(8_000_000 >> shift) & 0x7F for shift in (21, 14, 7, 0)])
    began = time.process_time()
    assert played(data) == pytest.approx(2.0, abs=0.01)
    assert played(tag + bytes(8_000_000) + MP3) == pytest.approx(2.0, abs=0.05)
    assert time.process_time() - began < 5


def test_a_header_that_never_ends_is_refused() -> None:
    with pytest.raises(MediaFileError, match="its samples begin too far behind"):
        played(WAV[:36] + b"LIST" + struct.pack("<I", 2**31) + bytes(70_000))


def _muxed(fmt: str, codec: str, options: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=fmt, options=options) as container:
        stream = container.add_stream(codec, rate=48_000, layout="mono")
        wanted = stream.codec_context.format or av.AudioFormat("s16")
        frame = av.AudioFrame.from_ndarray(tone(2.0)[None], "flt", "mono")
        frame.sample_rate = 48_000
        for part in av.AudioResampler(wanted.name, "mono", 48_000).resample(frame):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()
