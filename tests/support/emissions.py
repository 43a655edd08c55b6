"""What a handler emitted, as user code had it, and what a test makes up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import numpy as np

from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emission_parser import EmissionParser
from gradio_webrtc.handlers.emit_pace import REST_S
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream, split_emitted
from gradio_webrtc.handlers.protocol import Handler, MediaKind
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.timed_media import TimedAudio, TimedPicture
from gradio_webrtc.media.video.frames import FrameFormat, ImageArray

SILENCE = np.zeros((1, 0), np.int16)
BLACK = np.zeros((2, 2, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class AnyAudio(EmittedAudio):
    """Stands for a frame of audio: any object the test wants to see again."""

    value: Any = None

    @property
    def duration(self) -> float:
        """One frame."""
        return REST_S


@dataclass(frozen=True, eq=False)
class AnyVideo(EmittedVideo):
    """Stands for a picture: any object the test wants to see again."""

    value: Any = None


def emission_of(value: Any, kind: MediaKind = "audio") -> Emission:
    """Return ``value`` as an adapter would emit it; media may be any object."""
    emitted = split_emitted(value)
    audio = video = None
    if emitted.media is not None and kind == "audio":
        audio = AnyAudio(48_000, SILENCE, value=emitted.media)
    elif emitted.media is not None:
        video = AnyVideo(BLACK, value=emitted.media)
    return Emission(audio, video, None, emitted.outputs, emitted.close)


def parsed(value: Any, *kinds: MediaKind) -> Emission:
    """Return ``value`` as an adapter emits it, checked."""
    return EmissionParser("the test", kinds or ("audio",)).parse(value)


def media_of(media: EmittedAudio | EmittedVideo) -> Any:
    """Return media in a form in which user code emits it; what a test made up as it was."""
    if isinstance(media, (AnyAudio, AnyVideo)):
        return media.value
    if isinstance(media, EmittedAudio):
        chunk = (media.sample_rate, media.samples)
        return chunk if media.time is None else TimedAudio(chunk, media.time)
    return media.picture if media.time is None else TimedPicture(media.picture, media.time)


def value_of(emission: Emission) -> Any:
    """Return what was emitted in a form in which user code emits it: alone, or as a pair."""
    media = emission.audio or emission.video
    value = None if media is None else media_of(media)
    side: AdditionalOutputs | CloseStream | None = emission.outputs or emission.close
    if side is None or value is None:
        return value if side is None else side
    return value, side


class ArrayFrame:
    """A received video frame that is an array already."""

    delay = 0.0

    def __init__(self, array: ImageArray) -> None:
        self.array = array

    @property
    def frame(self) -> av.VideoFrame:
        """What a recording gets."""
        return av.VideoFrame.from_ndarray(self.array, "rgb24")

    def to_array(self, frame_format: FrameFormat) -> ImageArray:
        """Return the array."""
        return self.array


async def emitted(handler: Handler, kind: MediaKind = "audio") -> Any:
    """Wait for what ``handler`` emits next, and return it as user code emits it."""
    return value_of(await handler.emit(kind))
