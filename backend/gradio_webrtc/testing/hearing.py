"""What a caller hears: stretches of sound with their times, and the words in them."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gradio_webrtc.client.received import ReceivedAudio
from gradio_webrtc.media.audio.pcm import Int16Array, remix

LOUD = 250
"""Absolute value of a 16-bit sample above which a piece is no silence: -42 dB."""

GAP_SECONDS = 0.7
"""Sound after a longer silence is another stretch. Voices pause half a second between sentences."""

HOLE_SECONDS = 0.1
"""Where nothing comes for longer, there was silence that nobody sent."""

KEPT_SECONDS = 120.0
"""Sound of one stretch that is kept for the recogniser."""


@dataclass(eq=False)
class Stretch:
    """Sound without a long silence in it.

    Attributes:
        began: when its first loud piece came, on the event loop's clock.
        ended: when its last one was over.
        sample_rate: in Hz.
        pieces: int16 of shape ``(n,)`` each.
    """

    began: float
    ended: float
    sample_rate: int
    pieces: list[Int16Array] = field(default_factory=list)

    def fill(self, until: float, least: float) -> None:
        """Append the silence that was not sent before ``until``, if it is so long at least."""
        heard = sum(each.size for each in self.pieces) / self.sample_rate
        if (hole := until - self.began - heard) > least:
            self.pieces.append(np.zeros(round(hole * self.sample_rate), np.int16))

    @property
    def audio(self) -> Int16Array:
        """All of it, int16 of shape ``(n,)``."""
        sound = np.concatenate([np.zeros(0, np.int16), *self.pieces])
        return sound[: round((self.ended - self.began) * self.sample_rate)]


class Hearing:
    """Listens to what comes. Pure; time comes with the pieces.

    Attributes:
        stretches: what was heard so far; the last one may go on.
    """

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self._watching: list[Callable[[], None]] = []
        self._ended = False

    def hear(self, piece: ReceivedAudio) -> None:
        """Take a piece of sound."""
        mono = remix(piece.samples, 1)[0]
        loud = int(np.abs(mono.astype(np.int32)).max(initial=0)) > LOUD
        last = self.stretches[-1] if self.stretches else None
        if last is not None and (self._ended or piece.at - last.ended > GAP_SECONDS):
            last = None
        if last is None:
            if not loud:
                return
            last = Stretch(piece.at, piece.at, piece.sample_rate)
            self.stretches.append(last)
            self._ended = False
        last.fill(piece.at, HOLE_SECONDS)
        if sum(each.size for each in last.pieces) < KEPT_SECONDS * piece.sample_rate:
            last.pieces.append(mono)
        if loud:
            last.ended = piece.at + piece.duration
            for tell in self._watching:
                tell()

    def end_stretch(self) -> None:
        """Take what comes next for another stretch, however soon it comes."""
        self._ended = True

    def on_sound(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` whenever something loud was heard."""
        self._watching.append(tell)

    def after(self, moment: float) -> Stretch | None:
        """Return the first stretch that went on after ``moment``."""
        return next((each for each in self.stretches if each.ended > moment), None)


class Watch:
    """Waits until something is so, looking again after each sound and at a deadline."""

    def __init__(self, hearing: Hearing) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        hearing.on_sound(self._news.set)

    async def until(self, condition: Callable[[], bool], deadline: float, step: float) -> bool:
        """Wait for ``condition()``; return whether it came true before ``deadline``.

        Args:
            condition: is looked at after each sound, and every ``step`` seconds.
            deadline: on the loop's clock.
            step: in seconds.
        """
        while not condition():
            left = deadline - self._loop.time()
            if left <= 0:
                return False
            self._news.clear()
            waiting = asyncio.ensure_future(self._news.wait())
            await asyncio.wait({waiting}, timeout=min(left, step))
            waiting.cancel()
        return True


def words_of(text: str) -> str:
    """Return ``text`` without what recognisers differ in: case, accents, marks and spaces. Pure."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[\w']+", kept))


def contains(heard: str, wanted: str) -> bool:
    """Whether the words of ``wanted`` are in ``heard``, in this order and side by side. Pure."""
    return f" {words_of(wanted)} " in f" {words_of(heard)} "
