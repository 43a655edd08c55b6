"""From what waits in an inbox to a file: conversion, timeline, frame and writer in one thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import av

from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.recording.audio_track import SAMPLE_RATE, AudioTrackFrame
from gradio_webrtc.recording.canvas import Canvas, lay_out
from gradio_webrtc.recording.timeline import Timeline
from gradio_webrtc.recording.video_track import Shot
from gradio_webrtc.recording.webm_writer import WebmWriter
from gradio_webrtc.recording.write_queue import Batch


class RecordingFile:
    """One session's file, which is created when it is known what it will hold. One thread's own.

    Args:
        path: where it goes.
        sides: which sides, from left to right.
        kinds: which kinds of media.
        video_bitrate: bits a second, or ``None``.
        open_file: creates the file.
    """

    def __init__(
        self,
        path: Path,
        sides: Sequence[str],
        kinds: Sequence[MediaKind],
        video_bitrate: int | None,
        open_file: Callable[[Path], BinaryIO],
    ) -> None:
        self._path = path
        self._sides = sides
        self._has_sound = "audio" in kinds
        self._has_pictures = "video" in kinds
        self._bitrate = video_bitrate
        self._open_file = open_file
        self._timeline = Timeline(sides, sound=self._has_sound, pictures=self._has_pictures)
        self._resamplers = {side: StreamResampler(SAMPLE_RATE, 2) for side in sides}
        self._file: BinaryIO | None = None
        self._writer: WebmWriter | None = None
        self._canvas: Canvas | None = None

    @property
    def there(self) -> bool:
        """Whether a file was made."""
        return self._file is not None

    def write(self, batch: Batch) -> None:
        """Take what arrived and write what is settled by now.

        Raises:
            OSError: the file cannot be made or written.
        """
        for side, pcm, start in batch.sounds:
            self._timeline.sound(side, start, self._resamplers[side].push(pcm))
        for side, picture, time in batch.pictures:
            self._timeline.picture(side, time, picture)
        self._put(self._timeline.advance(batch.now))

    def finish(self) -> float:
        """Complete the file; return its length in seconds.

        Raises:
            OSError: it cannot be written, or is no longer there.
        """
        self._put(self._timeline.finish())
        if self._writer is not None and self._file is not None:
            self._writer.close()
            self._file.close()
            if not self._path.exists():
                raise FileNotFoundError(f"{self._path} was removed while it was written")
        return self._timeline.duration

    def abandon(self) -> None:
        """Leave the file as it is, closed if possible; it plays up to its last cluster."""
        # Its end cannot be written, for the reason for which it is abandoned.
        if self._writer is not None:
            with contextlib.suppress(OSError, ValueError, av.FFmpegError):
                self._writer.close()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()

    def _put(self, pieces: Sequence[AudioTrackFrame | Shot]) -> None:
        if not pieces:
            return
        writer = self._writer or self._start()
        for piece in pieces:
            if isinstance(piece, AudioTrackFrame):
                writer.write_sound(piece)
            elif self._canvas is not None:
                writer.write_picture(piece.time, self._canvas.compose(piece.pictures))

    def _start(self) -> WebmWriter:
        if self._has_pictures:
            first = self._timeline.first_pictures
            sizes = {side: (frame.width, frame.height) for side, frame in first.items()}
            self._canvas = Canvas(lay_out(self._sides, sizes))
        size = None if self._canvas is None else (self._canvas.width, self._canvas.height)
        self._file = self._open_file(self._path)
        self._writer = WebmWriter(
            self._file, size, sound=self._has_sound, video_bitrate=self._bitrate
        )
        return self._writer
