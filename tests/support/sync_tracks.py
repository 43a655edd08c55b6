"""A person and an app whose sound and picture belong together: a tone with every flash of light."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from av import AudioFrame, VideoFrame
from numpy.typing import NDArray

from gradio_webrtc.handlers.emission import Emission
from gradio_webrtc.handlers.protocol import (
    AudioFormat,
    EndOfStream,
    Link,
    MediaKind,
    ReceivedAudio,
    ReceivedVideo,
)
from tests.support.emissions import parsed
from tests.support.recognisable_tracks import FRAME, RATE, PacedTrack, tone

Schedule = Callable[[float], bool | None]
"""Whether it is on at a time in seconds; ``None`` when nothing is sent at all."""

WIDTH, HEIGHT = 160, 120


def picture(on: bool) -> NDArray[np.uint8]:
    """Return a light or a dark picture."""
    return np.full((HEIGHT, WIDTH, 3), 230 if on else 20, np.uint8)


class _ScheduledTrack(PacedTrack):
    def __init__(self, interval: float, schedule: Schedule) -> None:
        super().__init__(interval)
        self._schedule = schedule

    async def next(self) -> tuple[int, bool]:
        """Wait for the next frame that is to be sent; return its number and state."""
        while True:
            number = await self._due()
            on = self._schedule(number * self._interval)
            if on is not None:
                return number, on


class ToneTrack(_ScheduledTrack):
    """The sound."""

    kind = "audio"

    def __init__(self, schedule: Schedule, frequency: float = 440.0) -> None:
        super().__init__(FRAME / RATE, schedule)
        self._frequency = frequency

    async def recv(self) -> AudioFrame:
        """Return the next 20 ms."""
        number, on = await self.next()
        samples = tone(self._frequency, 8000 if on else 0, number * FRAME, FRAME)
        frame = AudioFrame.from_ndarray(samples.repeat(2).reshape(1, -1), "s16", "stereo")
        frame.sample_rate = RATE
        frame.pts = number * FRAME
        frame.time_base = Fraction(1, RATE)
        return frame


class FlashTrack(_ScheduledTrack):
    """The picture."""

    kind = "video"

    def __init__(self, schedule: Schedule, fps: float = 30.0) -> None:
        super().__init__(1 / fps, schedule)

    async def recv(self) -> VideoFrame:
        """Return the next picture."""
        number, on = await self.next()
        frame = VideoFrame.from_ndarray(picture(on), "rgb24")
        frame.pts = round(number * self._interval * 90_000)
        frame.time_base = Fraction(1, 90_000)
        return frame


class FlashingHandler:
    """An app that shows and plays a schedule of its own. Implements ``handlers.protocol.Handler``.

    Its clock starts when it is started; ``ends`` after so many seconds.
    """

    receives: frozenset[MediaKind] = frozenset(("audio", "video"))
    emits: frozenset[MediaKind] = frozenset(("audio", "video"))
    audio_format = AudioFormat()
    dropped = 0
    video_backlog = 1
    fps = 30

    def __init__(self, schedule: Schedule, ends: float = 1e9) -> None:
        self._schedule = schedule
        self._ends = ends
        self._sent = {"audio": 0, "video": 0}
        self._start = 0.0

    async def start(self, link: Link) -> None:
        """Start the clock."""
        self._start = link.loop.time()

    def set_args(self, args: Sequence[Any]) -> None:
        """Take none."""

    async def submit(self, args: Sequence[Any]) -> None:
        """Take none."""

    async def press(self, digit: str) -> None:
        """Ignore keys."""

    def talk(self, pressed: bool) -> None:
        """Ignore the button."""

    async def receive_audio(self, audio: ReceivedAudio) -> None:
        """Ignore the person."""

    async def receive_video(self, frame: ReceivedVideo) -> None:
        """Ignore the person."""

    async def emit(self, kind: MediaKind) -> Emission:
        """Return the next frame when it is due."""
        while True:
            interval = 0.02 if kind == "audio" else 1 / 25
            at = self._sent[kind] * interval
            self._sent[kind] += 1
            if at >= self._ends:
                raise EndOfStream
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._start + at - loop.time()))
            on = self._schedule(at)
            if on is None:
                continue
            if kind == "video":
                return parsed(picture(on), "video")
            return parsed((RATE, tone(880, 8000 if on else 0, round(at * RATE), FRAME)), "audio")

    async def aclose(self) -> None:
        """Nothing to do."""
