"""Of an open file the first stream of each kind is played, and what is missing is named."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import av
import numpy as np
import pytest
from av.container import InputContainer
from av.stream import Disposition

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.media.decoding.stream_selection import streams_of
from gradio_webrtc.media.emitted_media import MediaKind
from tests.support.encoded_files import encode_audio, encode_video, tone

BOTH: frozenset[MediaKind] = frozenset({"audio", "video"})
AUDIO: frozenset[MediaKind] = frozenset({"audio"})
VIDEO: frozenset[MediaKind] = frozenset({"video"})


@contextmanager
def opened(content: bytes) -> Iterator[InputContainer]:
    with av.open(io.BytesIO(content)) as container:
        yield container


def image(fmt: str = "image2pipe", codec: str = "png") -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=fmt) as container:
        stream = container.add_stream(codec, rate=1)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb8" if fmt == "gif" else "rgb24"
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")
        for each in (frame, None):
            container.mux(stream.encode(each))
    return buffer.getvalue()


def with_cover() -> bytes:
    """Return music whose file also holds a picture of its cover."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        audio = container.add_stream("aac", rate=48_000)
        audio.layout = "mono"
        picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), "rgb24")
        samples = av.AudioFrame.from_ndarray(tone(0.1)[None], "fltp", "mono")
        samples.sample_rate = 48_000
        for packet in (*cover.encode(picture), *cover.encode(None)):
            container.mux(packet)
        for packet in (*audio.encode(samples), *audio.encode(None)):
            container.mux(packet)
    return buffer.getvalue()


@pytest.mark.parametrize("kinds", [BOTH, AUDIO, VIDEO])
def test_each_kind_that_is_wanted_is_found(kinds: frozenset[MediaKind]) -> None:
    with opened(encode_video(0.2, samples=tone(0.2))) as container:
        found = streams_of(container, kinds, "a.mp4")
        assert {kind: stream.type for kind, stream in found.items()} == {k: k for k in kinds}


def test_the_first_of_several_is_played() -> None:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        streams = [
            container.add_stream("pcm_s16le", rate=rate, layout="mono") for rate in (8000, 16_000)
        ]
        for stream in streams:
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
            frame.sample_rate = stream.rate
            container.mux(stream.encode(frame))
    with opened(buffer.getvalue()) as container:
        assert streams_of(container, AUDIO, "a.mkv")["audio"].rate == 8000


def test_one_of_two_kinds_is_enough() -> None:
    with opened(encode_video(0.2)) as container:
        assert list(streams_of(container, BOTH, "a.mp4")) == ["video"]


def test_a_cover_is_no_video() -> None:
    with opened(with_cover()) as container:
        assert len(container.streams.video) == 1
        assert list(streams_of(container, BOTH, "a.mp4")) == ["audio"]
        with pytest.raises(MediaFileError, match="it has no pictures, only"):
            streams_of(container, VIDEO, "a.mp4")


@pytest.mark.parametrize(
    ("content", "kinds", "words"),
    [
        (encode_video(0.2), AUDIO, r"a\.bin: it has no sound, only video \(h264\)\."),
        (encode_audio(tone(0.1), "flac"), VIDEO, r"it has no pictures, only audio \(flac\)\."),
        (image(), AUDIO, "it is a picture, not sound"),
        (image("gif", "gif"), AUDIO, "it is a picture, not sound"),
    ],
    ids=["no audio", "no video", "png", "gif"],
)
def test_what_there_is_instead_is_named(
    content: bytes, kinds: frozenset[MediaKind], words: str
) -> None:
    with opened(content) as container, pytest.raises(MediaFileError, match=words):
        streams_of(container, kinds, "a.bin")


def test_a_picture_is_video_to_who_wants_video() -> None:
    with opened(image()) as container:
        assert list(streams_of(container, BOTH, "a.png")) == ["video"]


def test_a_codec_that_nobody_knows_is_named() -> None:
    content = encode_audio(tone(0.1), "webm").replace(b"A_OPUS", b"A_XPUS")
    with opened(content) as container:
        assert container.streams.audio
        with pytest.raises(
            MediaFileError,
            match="it holds audio in an unknown codec, which cannot be decoded",
        ):
            streams_of(container, AUDIO, "a.mp4")
