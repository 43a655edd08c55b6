"""What a server holds: memory, descriptors, threads, and what it says itself."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

from bench.http_json import request_json
from bench.process import Server
from bench.results import BenchError
from gradio_webrtc.server.operation.memory_return import AFTER_SECONDS, TRIM_SECONDS


@dataclass(frozen=True)
class State:
    """A server at rest.

    Attributes:
        memory: resident, in MB.
        allocated: of that by the C library, not freed, in MB: what really is held.
        descriptors: open files and sockets.
        threads: of the process.
        sessions: that are there.
        tasks: unfinished, of the event loop.
        objects: that the garbage collector knows, after a collection.
        running: what the tasks run, by name.
    """

    memory: float
    allocated: float
    descriptors: int
    threads: int
    sessions: int
    tasks: int
    objects: int
    running: tuple[str, ...] = ()


def resident(pid: int) -> float:
    """Return how much of a process is in memory, in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def state_of(server: Server) -> State:
    """Return what a server holds now."""
    answer = await request_json(server.port, "GET", "/proof/state")
    await asyncio.sleep(0.5)  # in which the connection that carried the answer is closed
    process = Path(f"/proc/{server.pid}")
    return State(
        memory=resident(server.pid),
        allocated=answer["allocated"] / 1e6,
        descriptors=len(list((process / "fd").iterdir())),
        threads=len(list((process / "task").iterdir())),
        sessions=answer["sessions"],
        tasks=answer["tasks"],
        objects=answer["objects"],
        running=tuple(answer["running"]),
    )


async def state_at_rest(server: Server, seconds: float = 60.0) -> State:
    """Return what a server holds when its last session is gone, and what ends after that.

    Raises:
        BenchError: some session is still there after ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while (state := await state_of(server)).sessions:
        if time.monotonic() > deadline:
            raise BenchError(f"{state.sessions} sessions are left after {seconds:g} s")
        await asyncio.sleep(0.5)
    # Threads and sockets end after their session, and what all of them had is given back last.
    await asyncio.sleep(AFTER_SECONDS + TRIM_SECONDS)
    return await state_of(server)
