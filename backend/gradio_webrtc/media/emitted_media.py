"""Audio and video that user code emitted, once it is known what they are.

Made where a value leaves user code, see :mod:`gradio_webrtc.handlers.emission_parser`, or where a
file is decoded. Nothing further on asks again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import av
import numpy as np

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.audio.pcm import (
    AudioArray,
    AudioChunk,
    Float32Array,
    Int16Array,
    Pcm,
    checked_samples,
    checked_structure,
)
from gradio_webrtc.media.video.frames import FrameFormat, Picture, checked_picture

MediaKind: TypeAlias = Literal["audio", "video"]

BLOCK_SECONDS = 10.0
"""Checked and converted at once; an hour of float64 would take the event loop seconds."""


@dataclass(frozen=True, eq=False)
class EmittedAudio:
    """Audio of any length, whose values are checked as they are played.

    Attributes:
        sample_rate: in Hz, 1000 to 384000.
        samples: int16 or any float, shape ``(channels, n)``, one or two channels.
        time: of its first sample in seconds on the timeline of its source; ``None``: where the
            audio before it ended.
        origin: the function that emitted it, for errors.
    """

    sample_rate: int
    samples: AudioArray
    time: float | None = None
    origin: str | None = None

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return float(self.samples.shape[1]) / self.sample_rate

    def pieces(self, seconds: float) -> Iterator[Pcm]:
        """Cut into pieces of at most ``seconds``, checked and converted ten seconds at a time.

        Raises:
            MediaFormatError: values that are no audio.
        """
        block, piece = round(BLOCK_SECONDS * self.sample_rate), round(seconds * self.sample_rate)
        for start in range(0, self.samples.shape[1], block):
            samples = self._checked(start, start + block)
            for at in range(0, samples.shape[1], piece):
                yield Pcm(self.sample_rate, samples[:, at : at + piece])

    def _checked(self, start: int, end: int) -> Int16Array | Float32Array:
        try:
            return checked_samples(self.samples[:, start:end])
        except MediaFormatError as error:
            raise naming(error, self.origin) from None


@dataclass(frozen=True, eq=False)
class EmittedVideo:
    """One video frame.

    Attributes:
        picture: an array, a PIL image or a decoded frame, checked.
        frame_format: the order of an array's channels.
        time: in seconds on the timeline of its source; ``None``: to be shown at once.
    """

    picture: Picture
    frame_format: FrameFormat = "rgb24"
    time: float | None = None

    def at(self, time: float) -> EmittedVideo:
        """Return the same frame with a time."""
        return replace(self, time=time)

    @property
    def nbytes(self) -> int:
        """How much memory it holds, about."""
        if isinstance(self.picture, np.ndarray):
            return self.picture.nbytes
        if isinstance(self.picture, av.VideoFrame):
            return sum(plane.buffer_size for plane in self.picture.planes)
        width, height = self.picture.size
        return 3 * width * height


def parse_audio(
    chunk: AudioChunk, time: float | None = None, origin: str | None = None
) -> EmittedAudio:
    """Check a chunk that user code emitted, but for its values.

    Raises:
        MediaFormatError: it is no audio; the text names what was expected and what came.
    """
    rate, samples = checked_structure(chunk)
    return EmittedAudio(rate, samples, time, origin)


def parse_video(
    picture: Picture, frame_format: FrameFormat = "rgb24", time: float | None = None
) -> EmittedVideo:
    """Check a frame that user code emitted.

    Raises:
        MediaFormatError: it is no frame; the text names what was expected and what came.
    """
    return EmittedVideo(*checked_picture(picture, frame_format), time)


def naming(error: MediaFormatError, origin: str | None) -> MediaFormatError:
    """Return ``error`` with the name of the function whose value it is about."""
    return error if origin is None else MediaFormatError(f"{error} It came from {origin}.")
