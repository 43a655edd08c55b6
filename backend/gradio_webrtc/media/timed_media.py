"""Sound and pictures that say when they belong, for sources that carry both.

A source is one file, one URL or one generator. Its timeline is its own: seconds from wherever it
likes to begin, going forward. Sound is the clock while there is sound: a :class:`TimedPicture` is
shown at the moment at which the sound of the same time goes out, however far ahead that sound was
emitted and whatever held it up. While there is none, real time is the clock.

How sound tells its time:

- :class:`TimedAudio` says it. Sound that says a later time than where the sound before it ended is
  played that much later, so a source need not fill its own gaps with silence.
- A bare chunk begins where the chunk before it ended. The first chunk of a session begins at 0.
- Sound that was dropped by ``clear_queue()`` counts as played.

A bare picture is shown as soon as it is emitted, at the handler's rate; only where one generator
yields both kinds does it get a time, see :class:`SourceTimes`.

A timeline may begin anew, with an earlier time than before, once all its sound has been played.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradio_webrtc.errors import MediaFormatError
from gradio_webrtc.media.audio.pcm import chunk_seconds


@dataclass(frozen=True)
class TimedPicture:
    """A picture and its time. May be emitted wherever a picture may.

    One that comes late is shown at once. When its source could be faster and the encoder is what
    holds it up, late ones are skipped in favour of newer ones, and counted.

    Attributes:
        picture: ``uint8`` array of the frame format in use, or a PIL image.
        time: in seconds on the timeline of its source.

    Raises:
        MediaFormatError: ``time`` is not a finite number.
    """

    picture: Any
    time: float

    def __post_init__(self) -> None:
        """Check the time."""
        _check_time(self.time)


@dataclass(frozen=True)
class TimedAudio:
    """A chunk of sound and the time of its first sample. May be emitted wherever a chunk may.

    Attributes:
        chunk: ``(sample_rate, array)`` or ``(sample_rate, array, "mono" | "stereo")``.
        time: in seconds on the timeline of its source.

    Raises:
        MediaFormatError: ``time`` is not a finite number.
    """

    chunk: Any
    time: float

    def __post_init__(self) -> None:
        """Check the time."""
        _check_time(self.time)


def seconds_of(value: Any) -> float:
    """Return how long the sound of an emitted value lasts, 0 for anything else."""
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], (tuple, TimedAudio)):
        value = value[0]
    if isinstance(value, TimedAudio):
        value = value.chunk
    if not isinstance(value, tuple) or len(value) < 2:
        return 0.0
    rate, array = value[0], value[1]
    if not isinstance(array, np.ndarray) or not isinstance(rate, (int, np.integer)) or rate <= 0:
        return 0.0
    interleaved = len(value) == 3 and value[2] == "stereo" and (array.ndim == 1 or len(array) == 1)
    samples = array.shape[-1] if array.ndim else 0
    return float(samples / (2 if interleaved else 1) / rate)


class SourceTimes:
    """Gives times to the bare pictures of a generator that yields sound and pictures.

    A picture belongs to the sound that was yielded last before it, or together with it: the first
    one to its beginning, each further one ``1 / fps`` after the one before. So picture n comes at
    n / fps when as many are yielded as are shown, in portions of whatever length; and one picture
    for each chunk comes with that chunk.
    """

    def __init__(self, fps: float) -> None:
        """Show ``fps`` pictures a second."""
        self._interval = 1.0 / fps
        self._start = self._end = self._next = 0.0

    def sound(self, chunk: Any) -> None:
        """Note a chunk or ``TimedAudio`` that was yielded.

        Raises:
            MediaFormatError: it is no sound.
        """
        bare = chunk
        if isinstance(chunk, TimedAudio):
            bare, self._end = chunk.chunk, chunk.time
        self._start = self._end
        self._end += chunk_seconds(bare)

    def picture(self, picture: Any) -> TimedPicture:
        """Return ``picture`` with its time; one that has a time keeps it."""
        if not isinstance(picture, TimedPicture):
            picture = TimedPicture(picture, max(self._start, self._next))
        self._next = picture.time + self._interval
        timed: TimedPicture = picture
        return timed


def _check_time(time: Any) -> None:
    try:
        finite = math.isfinite(time)
    except TypeError:
        finite = False
    if not finite:
        raise MediaFormatError(f"Expected a time in seconds; got {time!r}.")
