"""What was heard and seen when: the moments of a session as the tracks of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradio_webrtc.recording.audio_track import (
    FRAME_SAMPLES,
    SAMPLE_RATE,
    AudioTrack,
    AudioTrackFrame,
)
from gradio_webrtc.recording.video_track import Shot, VideoTrack

HOLD_SOUND = 1.0
"""Seconds that audio is held before it is written: audio held up for less keeps its place."""

HOLD_PICTURES = 0.2
"""The same for frames, which are large. A frame is not late by its nature."""

START_WAIT = 1.0
"""Seconds after the first media in which every expected side may show itself: the size of a file's
frame is fixed when it starts."""


class Timeline:
    """Turns timestamped pieces of a session into audio and video in file order. Pure.

    The file's clock starts with the first piece of any kind and then follows real time: silences
    and frozen frames last in the file as long as they lasted in the session. Nothing is made
    while nothing arrives; whatever was missed is made up for with the next piece.

    Args:
        sides: which sides are recorded, in the order in which they are laid out.
        sound: whether there is an audio track.
        pictures: whether there is a video track.
    """

    def __init__(self, sides: Sequence[str], *, sound: bool, pictures: bool) -> None:
        self._sound = AudioTrack(sides) if sound else None
        self._pictures = VideoTrack() if pictures else None
        self._missing = {(side, "sound") for side in sides if sound}
        self._missing |= {(side, "pictures") for side in sides if pictures}
        self._origin: float | None = None
        self._end = 0.0
        self._started = False
        self.first_pictures: dict[str, Any] = {}

    @property
    def started(self) -> bool:
        """Whether the file can be started: what it will hold is known."""
        return self._started

    @property
    def duration(self) -> float:
        """How many seconds of the session there are so far."""
        return self._end

    def sound(self, side: str, start: float, samples: Any) -> None:
        """Add int16 samples of shape ``(2, n)`` at 48 kHz, heard from ``start`` on (monotonic)."""
        if self._sound is None:
            return
        at = self._at(start, "sound", side)
        self._sound.push(side, at, samples)
        self._end = max(self._end, at + samples.shape[1] / SAMPLE_RATE)

    def picture(self, side: str, time: float, picture: Any) -> None:
        """Add a frame seen from ``time`` on (monotonic)."""
        if self._pictures is None:
            return
        at = self._at(time, "pictures", side)
        self._pictures.push(side, at, picture)
        self.first_pictures.setdefault(side, picture)
        self._end = max(self._end, at)

    def advance(self, now: float) -> list[AudioTrackFrame | Shot]:
        """Return what is settled at ``now`` (monotonic) and is to be written."""
        if self._origin is None:
            return []
        elapsed = now - self._origin
        if not self._started and self._missing and elapsed < START_WAIT:
            return []
        self._started = True
        written: list[AudioTrackFrame | Shot] = []
        if self._pictures is not None:
            written += self._pictures.advance(elapsed - HOLD_PICTURES)
        if self._sound is not None:
            written += self._sound.advance(elapsed - HOLD_SOUND)
        return written

    def finish(self) -> list[AudioTrackFrame | Shot]:
        """Return all that is left. The file ends with the last piece that came."""
        if self._origin is None:
            return []
        self._started = True
        written: list[AudioTrackFrame | Shot] = []
        if self._pictures is not None:
            written += self._pictures.finish(self._end)
        if self._sound is not None:
            # Up to the end of the frame in which the last audio ends.
            written += self._sound.advance(self._end + (FRAME_SAMPLES - 1) / SAMPLE_RATE)
        return written

    def _at(self, time: float, kind: str, side: str) -> float:
        self._missing.discard((side, kind))
        if self._origin is None:
            self._origin = time
        return max(0.0, time - self._origin)
