"""Audio and video that say when they belong, for sources that carry both.

A source is one file, one URL or one generator. Its timeline is its own: seconds from wherever it
likes to begin, going forward. Audio is the clock while there is audio: a :class:`TimedPicture` is
shown at the moment at which the audio of the same time goes out, however far ahead that audio was
emitted and whatever held it up. While there is none, real time is the clock.

How audio tells its time:

- :class:`TimedAudio` says it. Audio that says a later time than where the audio before it ended is
  played that much later, so a source need not fill its own gaps with silence.
- A bare chunk begins where the chunk before it ended. The first chunk of a session begins at 0.
- Audio that was dropped by ``clear_queue()`` counts as played.

A bare frame is shown as soon as it is emitted, at the handler's rate; only where one generator
yields both kinds does it get a time, see :class:`SourceTimes`.

A timeline may begin anew, with an earlier time than before, once all its audio has been played.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.audio.pcm import AudioChunk
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.video.frames import Picture


@dataclass(frozen=True)
class TimedPicture:
    """A frame and its time. May be emitted wherever a frame may.

    One that comes late is shown at once. When its source could be faster and the encoder is what
    holds it up, late ones are skipped in favour of newer ones, and counted.

    Attributes:
        picture: ``uint8`` array of the frame format in use, or a PIL image.
        time: in seconds on the timeline of its source.

    Raises:
        MediaFormatError: ``time`` is not a finite number.
    """

    picture: Picture
    time: float

    def __post_init__(self) -> None:
        """Check the time."""
        _check_time(self.time)


@dataclass(frozen=True)
class TimedAudio:
    """A chunk of audio and the time of its first sample. May be emitted wherever a chunk may.

    Attributes:
        chunk: ``(sample_rate, array)`` or ``(sample_rate, array, "mono" | "stereo")``.
        time: in seconds on the timeline of its source.

    Raises:
        MediaFormatError: ``time`` is not a finite number.
    """

    chunk: AudioChunk
    time: float

    def __post_init__(self) -> None:
        """Check the time."""
        _check_time(self.time)


class SourceTimes:
    """Gives times to the bare frames of a generator that yields audio and video.

    A frame belongs to the audio that was yielded last before it, or together with it: the first
    one to its beginning, each further one ``1 / fps`` after the one before. So frame n comes at
    n / fps when as many are yielded as are shown, in portions of whatever length; and one frame
    for each chunk comes with that chunk.
    """

    def __init__(self, fps: float) -> None:
        """Show ``fps`` frames a second."""
        self._interval = 1.0 / fps
        self._start = self._end = self._next = 0.0

    def audio(self, audio: EmittedAudio) -> None:
        """Note audio that was yielded."""
        self._start = self._end if audio.time is None else audio.time
        self._end = self._start + audio.duration

    def video(self, frame: EmittedVideo) -> EmittedVideo:
        """Return ``frame`` with its time; one that has a time keeps it."""
        time = max(self._start, self._next) if frame.time is None else frame.time
        self._next = time + self._interval
        return frame if frame.time is not None else frame.at(time)


def _check_time(time: float) -> None:
    try:
        finite = math.isfinite(time)
    except TypeError:
        finite = False
    if not finite:
        raise MediaFormatError(f"Expected a time in seconds; got {time!r}.")
