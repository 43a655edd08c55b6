"""Encoded files, URLs and streams in slices, decoded piece by piece as they are played."""

from __future__ import annotations

import codecs
import math
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, cast

import av
from av.container import InputContainer

from gradio_webrtc.errors import ConfigurationError, MediaFileError
from gradio_webrtc.media.decoding.byte_feed import ByteFeed
from gradio_webrtc.media.decoding.container import ContainerDecoder, Item, Stretch
from gradio_webrtc.media.decoding.elementary_streams import FrameDecoder, PushDecoder, WavDecoder
from gradio_webrtc.media.decoding.encoded_input import EncodedInput, FileSource
from gradio_webrtc.media.decoding.format_detection import StreamFormat
from gradio_webrtc.media.emitted_media import MediaKind

PIECE_BYTES = 4096
"""Read and decoded at a time: a quarter of a second of MP3."""
WAV_PIECE_BYTES = 16_384
"""The same for WAV: a sixth of a second at 48 kHz, mono."""

OPEN_TIMEOUT_S = 10.0
"""How long a server may take to answer before ``file_source`` gives up."""
READ_TIMEOUT_S = 10.0
"""How long it may be silent while it sends."""

_Utf8 = codecs.getincrementaldecoder("utf-8")
_URL_OPTIONS = {"protocol_whitelist": "http,https,httpproxy,tcp,tls,crypto"}
_FILE_OPTIONS = {"protocol_whitelist": "none"}
"""A file may name others (playlists do), which would be fetched or read by the server: refused."""


def file_source(
    path_or_url: str | os.PathLike[str],
    *,
    loop: bool = False,
    start: float = 0.0,
    duration: float | None = None,
    audio: bool = True,
    video: bool = True,
) -> Iterator[FileSource]:
    """Return a generator that plays a whole file or URL.

    Use it as a stream's generator, or ``yield from`` it in one. A stream plays of it what it
    carries: audio, video or both, in step. It is decoded as it is played.

    Args:
        path_or_url: a path, or an ``http://`` or ``https://`` address. It is opened as it is: do
            not pass on what a person typed unless they may read every file of the server.
        loop: begin again at ``start`` when it ends, until the stream ends.
        start: seconds to skip at its beginning.
        duration: seconds to play at most, ``None`` for all.
        audio: whether to play its audio.
        video: whether to play its frames.

    Raises:
        ConfigurationError: an argument that cannot work.
    """
    target = os.fspath(path_or_url)
    if not isinstance(target, str) or not target:
        raise ConfigurationError(f"file_source() takes a path or an address, not {path_or_url!r}.")
    if not math.isfinite(start) or start < 0:
        raise ConfigurationError(f"start must be 0 or more seconds, not {start!r}.")
    if duration is not None and not (math.isfinite(duration) and duration > 0):
        raise ConfigurationError(f"duration must be above 0 seconds or None, not {duration!r}.")
    if not (audio or video):
        raise ConfigurationError("file_source() with audio=False and video=False plays nothing.")
    source = FileSource(target, start, duration, loop, audio, video)
    return (each for each in (source,))


class DecodingRun:
    """One stream from its first part to its end: a file, or slices that continue each other.

    Iterating blocks while a part is read or awaited, so do it on a thread that may.

    Args:
        feed: what is to be decoded.
        kinds: what to decode of it.
        before: the format that played before.
    """

    def __init__(
        self, feed: ByteFeed, kinds: frozenset[MediaKind], before: StreamFormat | None = None
    ) -> None:
        self.feed = feed
        self._kinds = kinds
        self._before = before

    def __iter__(self) -> Iterator[Item]:
        """Decode audio and video.

        Raises:
            MediaFileError: after what could be decoded: what is wrong with the file.
            SessionClosedError: the feed was closed.
        """
        source = self.feed.part.source
        try:
            if source is not None:
                yield from _whole_source(self.feed, source, self._kinds)
                return
            playing = self.feed.sniff(self._before)
            if playing in ("mp3", "adts", "wav") and self._kinds == {"video"}:
                raise MediaFileError(self.feed.name, "it has no pictures, only sound.")
            if playing in ("mp3", "adts"):
                codec = "mp3float" if playing == "mp3" else "aac"
                yield from _pushed(self.feed, FrameDecoder(codec, self.feed.name))
            elif playing == "wav" and _plain_wav(self.feed.part):
                yield from _pushed(self.feed, WavDecoder(self.feed.name), WAV_PIECE_BYTES)
            elif playing in ("ogg", "mpegts"):
                yield from _streamed(self.feed, playing, self._kinds)
            else:
                yield from _whole(self.feed, self._kinds)
        finally:
            self.feed.part.close()


def _pushed(feed: ByteFeed, decoder: PushDecoder, size: int = PIECE_BYTES) -> Iterator[Item]:
    time = 0.0
    while data := feed.read(size):
        for sound in decoder.push(data):
            yield Stretch(sound, time)
            time += sound.duration
        feed.complete = decoder.complete
    while sounds := decoder.finish():
        for sound in sounds:
            yield Stretch(sound, time)
            time += sound.duration


def _plain_wav(part: EncodedInput) -> bool:
    """Whether the samples of a WAV file are of a kind ``WavDecoder`` takes."""
    with suppress(MediaFileError):
        try:
            WavDecoder(part.name).push(part.head())
        except LookupError:
            return False
    return True


def _streamed(feed: ByteFeed, playing: str, kinds: frozenset[MediaKind]) -> Iterator[Item]:
    reader = _Reader(feed)
    with _opened(reader, feed.name, _FILE_OPTIONS, format=playing) as container:
        decoder = ContainerDecoder(container, kinds, feed.name)
        for item in decoder:
            feed.last_time = decoder.last_time
            yield item


def _whole(feed: ByteFeed, kinds: frozenset[MediaKind]) -> Iterator[Item]:
    part = feed.part
    head = _checked_head(part)
    file = part.rewind() or _Reader(feed)
    with _opened(file, part.name, _FILE_OPTIONS, head=head) as container:
        yield from ContainerDecoder(container, kinds, part.name)


def _whole_source(
    feed: ByteFeed, source: FileSource, kinds: frozenset[MediaKind]
) -> Iterator[Item]:
    wanted = {"audio": source.audio, "video": source.video}
    kinds = frozenset(kind for kind in kinds if wanted[kind])
    if not kinds:
        raise MediaFileError(feed.name, "file_source() leaves out all that this stream carries.")
    end = None if source.duration is None else source.start + source.duration
    head = b"" if source.is_url else _checked_head(feed.part)
    target = source.target if source.is_url else feed.part.rewind()
    if target is None:
        raise MediaFileError(feed.name, "it is not a regular file.")
    options = _URL_OPTIONS if source.is_url else _FILE_OPTIONS
    offset = 0.0
    while True:
        length, last = 0.0, 0.0
        with _opened(target, feed.name, options, head=head) as container:
            for item in ContainerDecoder(container, kinds, feed.name, source.start, end):
                feed.check_open()
                if isinstance(item, Stretch):
                    length = max(length, item.time + item.sound.duration)
                else:  # seen for as long as the frame before it
                    length, last = max(length, 2 * item.time - last), item.time
                yield _later(item, offset)
        if not source.loop or length == 0.0:
            return
        offset += length
        if not source.is_url:
            cast(Any, target).seek(0)


def _later(item: Item, offset: float) -> Item:
    if not offset:
        return item
    if isinstance(item, Stretch):
        return Stretch(item.sound, item.time + offset)
    return type(item)(item.frame, item.time + offset)


def _opened(
    file: str | BinaryIO | _Reader,
    name: str,
    options: dict[str, str],
    format: str | None = None,
    head: bytes = b"",
) -> InputContainer:
    timeout = (OPEN_TIMEOUT_S, READ_TIMEOUT_S) if isinstance(file, str) else None
    try:
        container: InputContainer = av.open(
            file, "r", format=format, options=dict(options), timeout=timeout
        )
        return container
    except av.error.FFmpegError as error:
        if head[4:8] == b"ftyp" and isinstance(error, av.error.InvalidDataError):
            reason = "its index is missing: it is cut off, or was never finished."
        else:
            reason = _why_not_opened(error, isinstance(file, str))
        raise MediaFileError(name, reason) from error


def _why_not_opened(error: av.error.FFmpegError, url: bool) -> str:
    if isinstance(error, av.error.InvalidDataError):
        return "it is damaged, cut off, or in no format that can be decoded."
    if isinstance(error, av.error.ExitError):
        return f"the server did not answer within {OPEN_TIMEOUT_S:g} s."
    reason = error.strerror or type(error).__name__
    return f"the server answered: {reason}." if url else f"it cannot be opened: {reason}."


def _checked_head(part: EncodedInput) -> bytes:
    """Return the head of a file, after saying plainly what libav would only call invalid data."""
    head = part.head()
    if not head:
        raise MediaFileError(part.name, "it is empty.")
    with suppress(UnicodeDecodeError):
        text = _Utf8().decode(head)  # which may end within a character
        if all(char.isprintable() or char in "\r\n\t" for char in text):
            raise MediaFileError(part.name, "it is a text, not a sound or video file.")
    return head


class _Reader:
    """What libav reads from: bytes as they come, and nothing to seek in."""

    def __init__(self, feed: ByteFeed) -> None:
        self._feed = feed

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes."""
        return self._feed.read(size)
