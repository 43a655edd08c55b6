"""What user code emitted is read here, once, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeGuard, cast

import numpy as np

from gradio_webrtc.errors import MediaFileError, MediaFormatError
from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.emitted import is_audio, split_emitted
from gradio_webrtc.media.audio.pcm import AudioChunk
from gradio_webrtc.media.decoding.encoded_input import (
    EncodedInput,
    is_encoded,
)
from gradio_webrtc.media.emitted_media import (
    EmittedAudio,
    EmittedVideo,
    MediaKind,
    naming,
    parse_audio,
    parse_video,
)
from gradio_webrtc.media.timed_media import TimedAudio, TimedPicture
from gradio_webrtc.media.video.frames import FrameFormat, Picture

UNSEEN: Picture = np.zeros((2, 2, 3), np.uint8)
"""Stands for what a function returns in mode ``"send"``, which is shown to nobody."""


class EmissionParser:
    """Reads what one function of user code emits.

    Args:
        origin: the name of the function, for errors.
        kinds: the kinds of media it may emit.
        frame_format: the channel order of the arrays it emits.
        shown: False where nobody sees its frames: then they may be anything.
    """

    def __init__(
        self,
        origin: str,
        kinds: Iterable[MediaKind],
        frame_format: FrameFormat = "rgb24",
        *,
        shown: bool = True,
    ) -> None:
        self._origin = origin
        self._kinds = frozenset(kinds)
        self._frame_format: FrameFormat = frame_format
        self._shown = shown

    def parse(self, value: object) -> Emission:
        """Return ``value`` taken apart.

        Args:
            value: what was returned or yielded. Media, ``AdditionalOutputs``, ``CloseStream``, or
                a pair of media and one of these; ``Boundary`` or None for nothing. Media is audio
                ``(rate, array)`` or ``(rate, array, layout)``, ``TimedAudio``, a frame,
                ``TimedPicture``, anything encoded; with two kinds also a pair of a frame and
                audio.

        Raises:
            MediaFormatError: anything else; the text names what was expected, what came, and the
                function that it came from.
        """
        try:
            if type(value) is tuple and self._is_bare_chunk(value):
                return Emission(parse_audio(value, None, self._origin))
            return self._parsed(value)
        except MediaFileError:
            raise  # names the file
        except MediaFormatError as error:
            raise naming(error, self._origin) from None

    def _is_bare_chunk(self, value: tuple[Any, ...]) -> TypeGuard[AudioChunk]:
        """Whether it is nothing but audio at first sight, as fifty values a second are."""
        plain = len(value) == 2 and type(value[0]) is int and isinstance(value[1], np.ndarray)
        return plain and "audio" in self._kinds

    def _parsed(self, value: object) -> Emission:
        if _is_pair(value):
            first, second = value
            if len(self._kinds) > 1 and _is_sound(second):
                return self._both(value)
            if second is None and is_encoded(first):
                value = first
        emitted = split_emitted(value)
        media, audio, video, encoded = emitted.media, None, None, None
        if is_encoded(media):
            encoded = EncodedInput(media)
        elif len(self._kinds) > 1:
            found = self._both(media)
            audio, video = found.audio, found.video
        elif media is not None and "audio" in self._kinds:
            audio = self._audio(cast(AudioChunk, media))
        elif media is not None:
            video = self._video(cast(Picture, media))
        return Emission(audio, video, encoded, emitted.outputs, emitted.close)

    def _both(self, media: object) -> Emission:
        """Read a value of a function that emits audio and video."""
        if _is_sound(media):
            return Emission(audio=self._audio(media))
        if _is_pair(media) and not isinstance(media[0], tuple):
            first, second = (self._both(part) for part in media)
            if not (first.audio and second.audio) and not (first.video and second.video):
                return Emission(first.audio or second.audio, first.video or second.video)
        elif isinstance(media, TimedPicture) or hasattr(media, "size"):
            return Emission(video=self._video(cast(Picture, media)))
        elif media is None:
            return Emission()
        raise _neither(type(media).__name__)

    def _audio(self, media: AudioChunk | TimedAudio) -> EmittedAudio:
        if isinstance(media, TimedAudio):
            return parse_audio(media.chunk, media.time, self._origin)
        return parse_audio(media, None, self._origin)

    def _video(self, media: Picture | TimedPicture) -> EmittedVideo:
        time = media.time if isinstance(media, TimedPicture) else None
        picture = media.picture if isinstance(media, TimedPicture) else media
        try:
            return parse_video(picture, self._frame_format, time)
        except MediaFormatError:
            if self._shown:
                raise
            return parse_video(UNSEEN, time=time)


def _is_pair(value: object) -> TypeGuard[tuple[Any, Any]]:
    return isinstance(value, tuple) and len(value) == 2


def _is_sound(value: object) -> TypeGuard[AudioChunk | TimedAudio]:
    return isinstance(value, TimedAudio) or (isinstance(value, tuple) and is_audio(value))


def _neither(came: str) -> MediaFormatError:
    return MediaFormatError(
        'With modality="audio-video", expected sound (sample_rate, array), a picture, or a pair '
        f"(picture, (sample_rate, array)); got {came}."
    )
