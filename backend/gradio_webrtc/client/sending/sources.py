"""What a client may send: files, arrays, generators and devices, as a stream of pieces."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, AsyncIterable, Iterable, Iterator
from contextlib import aclosing, closing
from contextvars import copy_context
from typing import TypeAlias, TypeVar, cast

import av
import numpy as np
from av.container import InputContainer

from gradio_webrtc.client.sending.microphone import Microphone
from gradio_webrtc.concurrency.waiting import note_failure
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import ConfigurationError, MediaFileError
from gradio_webrtc.media.audio.pcm import AudioChunk, Pcm, parse_chunk
from gradio_webrtc.media.decoding.decoded_audio import joined, to_sound
from gradio_webrtc.media.emitted_media import MediaKind
from gradio_webrtc.media.video.frames import ImageArray, Picture

T = TypeVar("T")

AudioToSend: TypeAlias = (
    "str | os.PathLike[str] | AudioChunk | Iterable[AudioChunk] | AsyncIterable[AudioChunk] "
    "| Microphone"
)
"""A file or address, ``(sample_rate, array)``, a generator of these, or a microphone."""

VideoToSend: TypeAlias = (
    "str | os.PathLike[str] | ImageArray | Iterable[Picture] | AsyncIterable[Picture]"
)
"""A file or address, a picture ``(height, width, 3)`` or several ``(n, height, width, 3)``, or a
generator of pictures."""

TimedFrame: TypeAlias = "tuple[Picture, float | None]"
"""A picture, and its time in seconds from the first on; ``None``: when it comes."""


async def audio_pieces(source: AudioToSend) -> AsyncGenerator[Pcm, None]:
    """Go through the sound of ``source``, which is read and decoded on a thread.

    Raises:
        MediaFileError: a file cannot be read.
        MediaFormatError: an array is no sound.
        ConfigurationError: it is none of what can be sent.
    """
    if isinstance(source, tuple):
        yield parse_chunk(source)
    elif isinstance(source, AsyncIterable):
        async for chunk in source:
            yield parse_chunk(chunk)
    else:
        async with aclosing(_on_thread(_sound_of(source))) as pieces:
            async for pcm in pieces:
                yield pcm


async def video_frames(source: VideoToSend, fps: float) -> AsyncGenerator[TimedFrame, None]:
    """Go through the pictures of ``source``; a single one is shown for good.

    Args:
        source: what is sent.
        fps: how many pictures of an array are shown in a second.

    Raises:
        MediaFileError: a file cannot be read.
        ConfigurationError: it is none of what can be sent.
    """
    if isinstance(source, np.ndarray):
        still = source.ndim < 4
        number = 0
        while still or number < len(source):
            yield (cast(ImageArray, source if still else source[number]), number / fps)
            number += 1
    elif isinstance(source, AsyncIterable):
        async for picture in source:
            yield picture, None
    else:
        async with aclosing(_on_thread(_pictures_of(source))) as pictures:
            async for item in pictures:
                yield item


def _sound_of(source: str | os.PathLike[str] | Microphone | Iterable[AudioChunk]) -> Iterator[Pcm]:
    if isinstance(source, Microphone):
        return source.pieces()
    if isinstance(source, (str, os.PathLike)):
        return _decoded_audio(os.fspath(source))
    if isinstance(source, Iterable) and not isinstance(source, np.ndarray):
        return _parsed(source)
    raise ConfigurationError(
        "Sound to send is a file, (sample_rate, array), a generator of these or a Microphone, "
        f"not {type(source).__name__}."
    )


def _parsed(source: Iterable[AudioChunk]) -> Iterator[Pcm]:
    try:
        for chunk in source:
            yield parse_chunk(chunk)
    finally:
        _close(source)


def _untimed(source: Iterable[Picture]) -> Iterator[TimedFrame]:
    try:
        for picture in source:
            yield picture, None
    finally:
        _close(source)


def _close(source: Iterable[Picture] | Iterable[AudioChunk]) -> None:
    close = getattr(source, "close", None)
    if close is not None:
        close()


def _pictures_of(source: str | os.PathLike[str] | Iterable[Picture]) -> Iterator[TimedFrame]:
    if isinstance(source, (str, os.PathLike)):
        return _decoded_video(os.fspath(source))
    if isinstance(source, Iterable):
        return _untimed(source)
    raise ConfigurationError(
        f"Video to send is a file, an array, or a generator of arrays, not {type(source).__name__}."
    )


async def _on_thread(items: Iterator[T]) -> AsyncGenerator[T, None]:
    """Go through what may block, on a thread that is freed when nobody wants more."""
    end = object()
    worker = Worker("what is sent")
    try:
        while (item := await worker.call(next, items, end)) is not end:
            yield cast(T, item)
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            worker.submit(copy_context(), close).add_done_callback(note_failure)
        await worker.aclose()


def _decoded_audio(path: str) -> Iterator[Pcm]:
    with closing(_opened(path, "audio")) as container:
        for frame in container.decode(audio=0):
            for sound in joined([to_sound(frame)]):
                yield Pcm(sound.rate, sound.samples)


def _decoded_video(path: str) -> Iterator[TimedFrame]:
    with closing(_opened(path, "video")) as container:
        first: float | None = None
        for frame in container.decode(video=0):
            time = frame.time
            first = time if first is None else first
            yield frame, None if time is None or first is None else time - first


def _opened(path: str, kind: MediaKind) -> InputContainer:
    try:
        container: InputContainer = av.open(path)
    except (OSError, av.error.FFmpegError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise MediaFileError(path, f"it cannot be opened: {why}.") from error
    if not any(stream.type == kind for stream in container.streams):
        container.close()
        raise MediaFileError(path, f"it has no {kind}.")
    return container
