"""Handlers that do what no handler should. Each is one author's mistake."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.servers.here import AsyncEcho, Chunk, Echo
from gradio_webrtc import StreamHandler

Picture = npt.NDArray[np.uint8]

BLOCK_SECONDS = 5.0
COMPUTE_SECONDS = 0.2
"""For which a picture keeps a core, all of it in Python."""
LEAK_BYTES, LEAKS_KEPT = 100_000, 2_000
"""A leak of 5 MB a second; it stops at 200 MB, so that the machine stays whole."""
GIANT_SECONDS = 600
"""Of sound that is emitted at once: 57 MB."""
GIANT_PIXELS = 6_000
"""A square picture of 108 MB."""

_leaked: list[bytes] = []


class Blocks(Echo):
    """Waits for what does not answer, in ``receive`` and in ``emit``, each on its thread."""

    def receive(self, frame: Chunk) -> None:
        """Sleep."""
        time.sleep(BLOCK_SECONDS)

    def emit(self) -> Any:
        """Sleep."""
        time.sleep(BLOCK_SECONDS)

    def copy(self) -> Blocks:
        """Return a fresh one."""
        return Blocks()


class BlocksLoop(AsyncEcho):
    """Waits likewise in a coroutine, once, so that nothing else of the process runs."""

    async def start_up(self) -> None:
        """Sleep."""
        time.sleep(BLOCK_SECONDS)  # noqa: ASYNC251 - the mistake itself

    def copy(self) -> BlocksLoop:
        """Return a fresh one."""
        return BlocksLoop()


class Leaks(AsyncEcho):
    """Keeps everything it was ever given, and more."""

    async def receive(self, frame: Chunk) -> None:
        """Keep some memory for good."""
        if len(_leaked) < LEAKS_KEPT:
            _leaked.append(bytes(LEAK_BYTES))
        await super().receive(frame)

    def copy(self) -> Leaks:
        """Return a fresh one."""
        return Leaks()


class GiantSound(Echo):
    """Emits ten minutes at once, as soon as it may."""

    def emit(self) -> Any:
        """Return noise."""
        return 48_000, np.ones((1, 48_000 * GIANT_SECONDS), np.int16)

    def copy(self) -> GiantSound:
        """Return a fresh one."""
        return GiantSound()


def giant_picture(picture: Picture) -> Picture:
    """Return something far larger."""
    return np.zeros((GIANT_PIXELS, GIANT_PIXELS, 3), np.uint8)


def computes(picture: Picture) -> Picture:
    """Return a picture after a loop in Python, which keeps the interpreter's lock."""
    until = time.perf_counter() + COMPUTE_SECONDS
    while time.perf_counter() < until:
        sum(range(100))
    return picture


def one_long_call(picture: Picture) -> Picture:
    """Return a picture after a call into C that keeps the lock, about 0.1 s, and some rest."""
    sorted(range(3_000_000), reverse=True)
    time.sleep(COMPUTE_SECONDS)
    return picture


class Raises(StreamHandler):
    """Fails in one place, and does nothing in the others.

    Args:
        where: the name of the method.
    """

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def start_up(self) -> None:
        """Perhaps fail."""
        self._fail("start_up")

    def receive(self, frame: Chunk) -> None:
        """Perhaps fail."""
        self._fail("receive")

    def emit(self) -> Any:
        """Perhaps fail."""
        self._fail("emit")
        time.sleep(0.1)

    def shutdown(self) -> None:
        """Perhaps fail."""
        self._fail("shutdown")

    def copy(self) -> Raises:
        """Return a fresh one, or fail."""
        self._fail("copy")
        return Raises(self.where)

    def _fail(self, where: str) -> None:
        if where == self.where:
            raise RuntimeError(f"in {where}")


class RaisesWhenMade(AsyncEcho):
    """Can be made once, for the stream, and never again."""

    made = 0

    def __init__(self) -> None:
        RaisesWhenMade.made += 1
        if RaisesWhenMade.made > 1:
            raise RuntimeError("in __init__")
        super().__init__()

    def copy(self) -> RaisesWhenMade:
        """Return a fresh one, if that were possible."""
        return RaisesWhenMade()


class RaisesAsync(AsyncEcho):
    """Fails in coroutines, with what would end an event loop."""

    async def receive(self, frame: Chunk) -> None:
        """Ask the process to end."""
        await asyncio.sleep(0)
        raise SystemExit(1)

    def copy(self) -> RaisesAsync:
        """Return a fresh one."""
        return RaisesAsync()


def raises_later() -> Iterator[Picture]:
    """Yield a picture, then fail."""
    yield np.zeros((120, 160, 3), np.uint8)
    raise RuntimeError("in the generator")
