"""Encoded files and slices come out of the decoder as the sound and pictures that went in."""

from __future__ import annotations

import io
import itertools
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradio_webrtc.media.decoding.byte_feed import ByteFeed
from gradio_webrtc.media.decoding.container import Item, Picture, Stretch
from gradio_webrtc.media.decoding.encoded_input import (
    EncodedInput,
    EncodedValue,
    FileSource,
)
from gradio_webrtc.media.decoding.media_files import DecodingRun
from gradio_webrtc.media.emitted_media import MediaKind
from tests.support.encoded_files import encode_audio, encode_video, number_of, slices, tone

SOUND: frozenset[MediaKind] = frozenset({"audio"})
PICTURES: frozenset[MediaKind] = frozenset({"video"})
BOTH: frozenset[MediaKind] = frozenset({"audio", "video"})

EXACT = ("mp3", "mp4", "ogg", "flac", "wav", "webm")
"""Formats that say how long their sound is, to the sample."""
SLICED = ("mp3", "adts", "wav", "ogg", "mpegts")


def decode(
    values: Iterable[EncodedValue | FileSource], kinds: frozenset[MediaKind] = SOUND
) -> list[Item]:
    """Decode values that are emitted one after the other."""
    waiting = [EncodedInput(value) for value in values]
    items: list[Item] = []
    before = None
    while waiting:
        feed = fed(waiting)
        items += DecodingRun(feed, kinds, before)
        before = feed.playing
        if feed.next is not None:
            waiting.insert(0, feed.next)
    return items


def fed(waiting: list[EncodedInput]) -> ByteFeed:
    """Return a feed of the first part that goes on with the others."""
    feed = ByteFeed(waiting.pop(0), lambda: feed.give(waiting.pop(0) if waiting else None))
    return feed


def heard(items: Iterable[Item]) -> np.ndarray:
    """Return the sound of ``items``, mono, in [-1, 1]."""
    chunks = [item.sound.samples for item in items if isinstance(item, Stretch)]
    return np.concatenate(
        [c[0] / 32768 if c.dtype == np.int16 else c[0].astype(float) for c in chunks]
    )


def pictures(items: Iterable[Item]) -> list[Picture]:
    return [item for item in items if isinstance(item, Picture)]


def rate_of(fmt: str) -> int:
    return 48_000 if fmt in ("ogg", "webm") else 44_100  # Opus knows no other


def steepest(samples: np.ndarray) -> float:
    return float(np.abs(np.diff(samples)).max())


@pytest.mark.parametrize("fmt", EXACT)
def test_a_file_has_as_many_samples_as_went_in(fmt: str) -> None:
    rate = rate_of(fmt)
    sound = tone(1.5 + 123 / rate, rate)
    came = heard(decode([encode_audio(sound, fmt, rate)]))
    assert came.size == sound.size
    assert np.abs(came - sound)[2000:-2000].max() < 0.03


@pytest.mark.parametrize("fmt", EXACT)
def test_files_that_cut_a_tone_in_pieces_play_as_one_tone(fmt: str) -> None:
    """No silence and no jump between them: the phase goes on to the sample."""
    rate = rate_of(fmt)
    whole = tone(2.4, rate, 441.0)
    cuts = [0, round(0.7 * rate) + 11, round(1.5 * rate) + 7, whole.size]
    files = [encode_audio(whole[a:b], fmt, rate) for a, b in itertools.pairwise(cuts)]
    came = heard(decode(files))
    assert came.size == whole.size
    error = np.abs(came - whole)
    if fmt == "mp4":  # libav's AAC encoder distorts the beginning of a tone, also of a first file
        for cut in cuts[:-1]:
            error[cut - 200 : cut + 1200] = 0.0
    # A codec bends a tone a little where its file begins and ends; a gap would be off by 0.5.
    assert error[1000:-1000].max() < (1e-3 if fmt in ("wav", "flac") else 0.2)
    for cut in cuts[1:-1]:
        around = came[cut - 480 : cut + 480]
        assert np.abs(around).reshape(-1, 120).max(axis=1).min() > 0.1, "silence at the seam"


@pytest.mark.parametrize("fmt", SLICED)
@pytest.mark.parametrize("sizes", [[1], [7, 333, 1, 40], [5000]])
def test_slices_cut_anywhere_sound_as_the_whole(fmt: str, sizes: list[int]) -> None:
    data = encode_audio(tone(0.6, rate_of(fmt)), fmt, rate_of(fmt))
    whole = heard(decode([data]))
    assert whole.size >= 0.6 * rate_of(fmt)
    assert np.array_equal(heard(decode(slices(data, sizes))), whole)


MP3 = encode_audio(tone(0.4, 44_100), "mp3", 44_100)
OGG = encode_audio(tone(0.4), "ogg")
WHOLE = {"mp3": heard(decode([MP3])), "ogg": heard(decode([OGG]))}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    fmt=st.sampled_from(["mp3", "ogg"]),
    sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=8),
    empty=st.booleans(),
)
def test_any_slicing_sounds_the_same(fmt: str, sizes: list[int], empty: bool) -> None:
    data = {"mp3": MP3, "ogg": OGG}[fmt]
    pieces = list(slices(data, sizes))
    if empty:
        pieces = [piece for part in pieces for piece in (part, b"")]
    assert np.array_equal(heard(decode(pieces)), WHOLE[fmt])


@pytest.mark.parametrize("fmt", ["mp3", "ogg", "wav"])
def test_a_file_in_slices_is_followed_by_another(fmt: str) -> None:
    rate = rate_of(fmt)
    sound = tone(1.0, rate, 441.0)
    half = rate // 2
    data = [encode_audio(part, fmt, rate) for part in (sound[:half], sound[half:])]
    came = heard(decode([piece for part in data for piece in slices(part, [900])]))
    assert came.size == sound.size
    assert np.abs(came - sound)[1000:-1000].max() < 0.2


def test_formats_may_follow_each_other() -> None:
    parts = [
        encode_audio(tone(0.3, rate_of(fmt)), fmt, rate_of(fmt)) for fmt in ("mp3", "ogg", "wav")
    ]
    items = decode([*parts, parts[0]])
    rates = [item.sound.rate for item in items if isinstance(item, Stretch)]
    assert [rate for i, rate in enumerate(rates) if i == 0 or rate != rates[i - 1]] == [
        44_100,
        48_000,
        44_100,
    ]
    assert heard(items).size == round(0.3 * 44_100) * 3 + round(0.3 * 48_000)


def test_segments_of_one_ts_recording_are_one_stream() -> None:
    """Sound of one encoding, cut at packets: its frames overlap across the cut."""
    data = encode_audio(tone(2.0, 44_100), "mpegts", 44_100)
    tables, rest = data[: 3 * 188], data[3 * 188 :]
    middle = len(rest) // 188 // 2 * 188
    came = heard(decode([data[: 3 * 188 + middle], tables + rest[middle:]]))
    assert came.size == heard(decode([data])).size
    assert steepest(came[3000:80_000]) < 0.05


def test_independent_ts_files_are_files_of_their_own() -> None:
    data = encode_video(1.0, "mpegts", samples=tone(1.0))
    items = decode([data, data], BOTH)
    assert len(pictures(items)) == 60
    assert heard(items).size == pytest.approx(2 * 48_000, abs=2 * 1024)
    numbers = [number_of(picture.frame) for picture in pictures(items)]
    assert numbers == list(range(30)) * 2


@pytest.mark.parametrize("fmt", ["mp4", "mpegts"])
def test_pictures_and_sound_keep_their_times(fmt: str) -> None:
    items = decode([encode_video(2.0, fmt, fps=25, samples=tone(2.0))], BOTH)
    shown = pictures(items)
    assert [number_of(picture.frame) for picture in shown] == list(range(50))
    assert [picture.time for picture in shown] == pytest.approx(
        [number / 25 for number in range(50)], abs=0.001
    )
    end = 0.0
    for item in items:
        if isinstance(item, Stretch):
            assert item.time == pytest.approx(end, abs=1e-6)
            end = item.time + item.sound.duration
    assert end == pytest.approx(2.0, abs=0.03)
    # In the file's own order: never a second of one kind without the other.
    time = {Picture: 0.0, Stretch: 0.0}
    for item in items:
        time[type(item)] = item.time
        assert abs(time[Picture] - time[Stretch]) < 1.0


def test_each_kind_can_be_had_alone() -> None:
    data = encode_video(1.0, samples=tone(1.0))
    assert not pictures(decode([data], SOUND))
    assert heard(decode([data], SOUND)).size == 48_000
    assert len(decode([data], PICTURES)) == len(pictures(decode([data], PICTURES))) == 30


class TestWhatMayBeEmitted:
    def test_paths_and_file_objects(self, tmp_path: Path) -> None:
        path = tmp_path / "word.mp3"
        path.write_bytes(MP3)
        with path.open("rb") as file:
            for value in (str(path), path, file, io.BytesIO(MP3), bytearray(MP3), memoryview(MP3)):
                assert np.array_equal(heard(decode([value])), WHOLE["mp3"]), type(value)

    def test_a_file_object_that_cannot_seek(self) -> None:
        class Stream(io.RawIOBase):
            def __init__(self, data: bytes) -> None:
                self.data = io.BytesIO(data)

            def readable(self) -> bool:
                return True

            def readinto(self, buffer: Any) -> int:
                piece = self.data.read(min(len(buffer), 100))
                buffer[: len(piece)] = piece
                return len(piece)

        def stream(data: bytes) -> BinaryIO:
            return cast(BinaryIO, Stream(data))

        assert np.array_equal(heard(decode([stream(MP3)])), WHOLE["mp3"])
        mp4 = encode_audio(tone(0.4), "flac")
        assert heard(decode([stream(mp4)])).size == round(0.4 * 48_000)

    def test_a_file_object_is_read_from_where_it_stands(self) -> None:
        file = io.BytesIO(b"x" * 50 + encode_audio(tone(0.4), "wav"))
        file.seek(50)
        assert heard(decode([file])).size == round(0.4 * 48_000)

    @pytest.mark.parametrize("fmt", ["mp4", "mp3"])
    def test_its_own_files_are_closed(
        self, fmt: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / f"word.{fmt}"
        path.write_bytes(encode_audio(tone(0.4), fmt))
        opened: list[IO[Any]] = []
        original = Path.open

        def noted(self: Path, mode: str) -> IO[Any]:
            opened.append(original(self, mode))
            return opened[-1]

        monkeypatch.setattr(Path, "open", noted)
        decode([path, path])
        assert [file.closed for file in opened] == [True, True]

    def test_many_channels_become_two(self) -> None:
        import av

        buffer = io.BytesIO()
        with av.open(buffer, "w", format="wav") as container:
            stream = container.add_stream("pcm_s16le", rate=48_000, layout="5.1")
            array = np.zeros((1, 6 * 4800), np.int16)
            frame = av.AudioFrame.from_ndarray(array, "s16", "5.1")
            frame.sample_rate = 48_000
            container.mux(stream.encode(frame))
        (item,) = decode([buffer.getvalue()])
        assert isinstance(item, Stretch)
        assert item.sound.samples.shape == (2, 4800)

    @pytest.mark.parametrize(
        "codec", ["pcm_s24le", "pcm_u8", "pcm_f32le", "pcm_s32le", "pcm_mulaw"]
    )
    def test_wav_of_any_kind(self, codec: str) -> None:
        import av

        sound = tone(0.4)
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="wav") as container:
            stream = container.add_stream(codec, rate=48_000, layout="mono")
            frame = av.AudioFrame.from_ndarray(sound[np.newaxis], "fltp", "mono")
            frame.sample_rate = 48_000
            for part in av.AudioResampler(stream.format, "mono", 48_000).resample(frame):
                container.mux(stream.encode(part))
            container.mux(stream.encode(None))
        came = heard(decode([buffer.getvalue()]))
        assert came.size == sound.size
        assert np.abs(came - sound).max() < 0.03

    def test_a_wav_header_that_was_written_before_the_sound(self) -> None:
        data = encode_audio(tone(0.4), "wav")
        place = data.index(b"data")
        streamed = data[: place + 4] + b"\xff" * 4 + data[place + 8 :]
        came = heard(decode(slices(streamed, [1001])))
        assert came.size == pytest.approx(0.4 * 48_000, abs=1)


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "hour.wav"
    with path.open("wb") as file:
        header = encode_audio(tone(0.1, 8000), "wav", 8000)
        place = header.index(b"data")
        file.write(header[: place + 4] + b"\xff" * 4)
        file.write(bytes(2 * 8000 * 3600))
    tracemalloc.start()
    feed = ByteFeed(EncodedInput(path), lambda: feed.give(None))
    total = sum(
        item.sound.duration for item in DecodingRun(feed, SOUND) if isinstance(item, Stretch)
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total == pytest.approx(3600, abs=1)
    assert peak < 2_000_000
