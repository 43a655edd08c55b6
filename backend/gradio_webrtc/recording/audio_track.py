"""Audio that arrived piece by piece, laid out on a recording's clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradio_webrtc.media.audio.pcm import Int16Array, remix

SAMPLE_RATE = 48_000
FRAME_SAMPLES = 960

TOLERANCE = round(0.03 * SAMPLE_RATE)
"""Samples by which audio may lie off its moment before it is moved: no ear tells it from a frame
that is right, and less would cut and pad for mere jitter."""

LOOK_AHEAD = 25
"""Pieces that are looked at to tell a silence from a delay: half a second of them."""


@dataclass(frozen=True)
class AudioTrackFrame:
    """Write this audio.

    Attributes:
        samples: int16, shape ``(2, 960)``: 20 ms at 48 kHz.
        pts: position of the first sample, in samples.
    """

    samples: Int16Array
    pts: int


class PlacedAudio:
    """One side's audio on the recording's clock. Pure; not thread-safe.

    Pieces are put end to end. What comes late may be late on its way, with more right behind it, or
    nothing was said in between: it is a silence when every piece of the next half second is as
    late, and its length is what the least late of them is late by. A sender whose clock runs
    fast has some of its audio cut, so that hours later audio and video still belong together.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[int, Int16Array]] = deque()
        self._placed: deque[tuple[int, Int16Array]] = deque()
        self._end = 0
        self._read = 0
        self._silent = True

    def push(self, start: int, samples: Int16Array) -> None:
        """Add audio of shape ``(2, n)`` whose first sample seems to belong at ``start``."""
        if samples.shape[1]:
            self._waiting.append((start, samples))

    def read(self, count: int) -> Int16Array:
        """Return the next ``count`` samples, silent where there is nothing; shape ``(2, count)``.

        What comes later for this time is cut off.
        """
        until = self._read + count
        while self._waiting and self._end < until:
            self._place(*self._waiting.popleft())
        result = np.zeros((2, count), np.int16)
        while self._placed and self._placed[0][0] < until:
            start, samples = self._placed.popleft()
            part = samples[:, : until - start]
            at = start - self._read
            result[:, at : at + part.shape[1]] = part
            if part.shape[1] < samples.shape[1]:
                self._placed.appendleft((until, samples[:, part.shape[1] :]))
        self._read = until
        if self._end < until:
            self._end, self._silent = until, True
        return result

    def _place(self, start: int, samples: Int16Array) -> None:
        late = self._least_late(start, samples)
        if late > (0 if self._silent else TOLERANCE):
            self._end += late
        elif late < -TOLERANCE:
            samples = samples[:, -late:]
        if samples.shape[1]:
            self._placed.append((self._end, samples))
            self._end += samples.shape[1]
            self._silent = False

    def _least_late(self, start: int, samples: Int16Array) -> int:
        """By how many samples the next pieces come after the moment they would be put at."""
        least = start - self._end
        end = self._end + samples.shape[1]
        for index, (later, more) in enumerate(self._waiting):
            if index == LOOK_AHEAD:
                break
            least = min(least, later - end)
            end += more.shape[1]
        return least


class AudioTrack:
    """The audio of all recorded sides, in frames of 20 ms. Pure; not thread-safe.

    One side keeps its channels. Of two, the first is left and the second right, each mixed down
    to one channel, as telephone calls are recorded: so who said what can still be told apart.
    """

    def __init__(self, sides: Sequence[str]) -> None:
        self._sides = {side: PlacedAudio() for side in sides}
        self._pts = 0

    def push(self, side: str, start: float, samples: Int16Array) -> None:
        """Add audio of shape ``(2, n)`` that seems to start ``start`` seconds into the file."""
        self._sides[side].push(round(start * SAMPLE_RATE), samples)

    def advance(self, until: float) -> list[AudioTrackFrame]:
        """Return the frames that end before ``until`` seconds."""
        frames: list[AudioTrackFrame] = []
        while self._pts + FRAME_SAMPLES <= until * SAMPLE_RATE:
            parts = [placed.read(FRAME_SAMPLES) for placed in self._sides.values()]
            if len(parts) > 1:
                parts = [np.concatenate([remix(part, 1) for part in parts])]
            frames.append(AudioTrackFrame(parts[0], self._pts))
            self._pts += FRAME_SAMPLES
        return frames
