"""The sound that a client sends: what is queued, and silence between, as a microphone has it."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

import numpy as np

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.resampler import StreamResampler

FRAME_SECONDS = 0.02
AHEAD_SECONDS = 0.5
"""How much of a source waits to be sent; then it is not asked for more."""
BEHIND_SECONDS = 0.5
"""Who is later than this does not catch up: the machine slept, or user code held up the loop."""


@dataclass(frozen=True)
class Said:
    """When something was sent.

    Attributes:
        began: when its first 20 ms were, on the event loop's clock.
        ended: when its last were.
        complete: whether all of it was; not when it was cut off.
    """

    began: float
    ended: float
    complete: bool


class AudioLine:
    """Gives 20 ms after 20 ms, mono. Belongs to one event loop.

    Args:
        sample_rate: of what it gives, in Hz; a multiple of 50.
        background: there is to hear all the time, int16 at ``sample_rate`` of shape ``(n,)``, over
            and over; ``None`` for silence.
    """

    def __init__(self, sample_rate: int, background: Int16Array | None = None) -> None:
        self.sample_rate = sample_rate
        self._frame = round(sample_rate * FRAME_SECONDS)
        self._room = _whole_frames(background, self._frame)
        self._waiting: deque[Int16Array] = deque()
        self._queued = 0
        """Samples that wait."""
        self._put = self._taken = self._clears = 0
        self._moved = Wakeup()
        self._marks: list[tuple[int, asyncio.Future[float]]] = []
        self._frames = 0
        self._now = 0.0

    def source(self) -> AudioSource:
        """Return a place to put the sound of one source, behind what waits."""
        return AudioSource(self)

    def put(self, samples: Int16Array) -> None:
        """Queue int16 of shape ``(n,)``."""
        if samples.size:
            self._waiting.append(samples)
            self._queued += samples.size
            self._put += samples.size

    def clear(self) -> None:
        """Drop what waits."""
        self._clears += 1
        self._taken += self._queued
        self._waiting.clear()
        self._queued = 0
        self._went_on()

    def frame(self, now: float) -> Int16Array:
        """Return the next 20 ms, int16 of shape ``(1, n)``, that are sent at ``now``."""
        frame = self._next_of_room()
        filled = 0
        while self._waiting and filled < self._frame:
            piece = self._waiting.popleft()
            fits = piece[: self._frame - filled]
            mixed = frame[filled : filled + fits.size].astype(np.int32) + fits
            frame[filled : filled + fits.size] = np.clip(mixed, -32_768, 32_767)
            filled += fits.size
            if fits.size < piece.size:
                self._waiting.appendleft(piece[fits.size :])
        self._queued -= filled
        self._taken += filled
        self._now = now
        if filled:
            self._went_on()
        return frame[np.newaxis]

    async def room(self) -> None:
        """Wait until more of a source is wanted."""
        while self._queued > AHEAD_SECONDS * self.sample_rate:
            await self._moved.wait()

    def reached(self, position: int) -> asyncio.Future[float]:
        """Return what becomes the time when so many samples have been sent or dropped."""
        mark: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._marks.append((position, mark))
        if self._taken >= position:
            self._went_on()
        return mark

    @property
    def position(self) -> int:
        """How many samples were queued so far."""
        return self._put

    @property
    def clears(self) -> int:
        """How often what waited was dropped."""
        return self._clears

    def _went_on(self) -> None:
        self._moved.set()
        due = [mark for position, mark in self._marks if position <= self._taken]
        self._marks = [each for each in self._marks if each[0] > self._taken]
        for mark in due:
            if not mark.done():
                mark.set_result(self._now)

    def _next_of_room(self) -> Int16Array:
        self._frames += 1
        if self._room is None:
            return np.zeros(self._frame, np.int16)
        frame: Int16Array = self._room[self._frames % len(self._room)].copy()
        return frame


class AudioSource:
    """Sound of any rate and length, as one continuous piece of what is sent.

    Args:
        line: where it goes.
    """

    def __init__(self, line: AudioLine) -> None:
        self._line = line
        self._resampler = StreamResampler(line.sample_rate, 1)
        self._clears = line.clears
        self._began: asyncio.Future[float] | None = None

    def begin(self) -> None:
        """Its sound comes next."""
        self._began = self._line.reached(self._line.position + 1)

    @property
    def cut_off(self) -> bool:
        """Whether the line was cleared since this was made."""
        return self._line.clears != self._clears

    async def put(self, pcm: Pcm) -> None:
        """Queue the next piece; waits while enough waits."""
        for piece in pcm.pieces(0.1):
            await self._line.room()
            if self.cut_off:
                return
            self._line.put(self._resampler.push(piece)[0])

    async def finish(self) -> Said:
        """Wait until all has been sent."""
        if not self.cut_off:
            self._line.put(self._resampler.flush()[0])
        ended = await self._line.reached(self._line.position)
        began = self._began
        started = began.result() if began is not None and began.done() else ended
        return Said(started, ended, not self.cut_off)


class Metronome:
    """Says when each 20 ms are due."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._due: float | None = None

    async def tick(self) -> float:
        """Wait until the next 20 ms are due; return the time."""
        now = self._loop.time()
        if self._due is None or now - self._due > BEHIND_SECONDS:
            self._due = now
        if (delay := self._due - now) > 0:
            await asyncio.sleep(delay)
        self._due += FRAME_SECONDS
        return self._loop.time()


def _whole_frames(background: Int16Array | None, frame: int) -> list[Int16Array] | None:
    if background is None or background.size < frame:
        return None
    count = background.size // frame
    return list(background[: count * frame].reshape(count, frame))
