"""Handlers of careless authors beside neighbours that do nothing wrong."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.process import Peer, Server
from proof.abuse.callers import calling
from proof.abuse.neighbours import findings, measure
from proof.parts import Finding

PEER = Peer("abuse", Path(sys.executable), "proof.abuse.server")


RAISING = (
    "raises-made",
    "raises-copy",
    "raises-start_up",
    "raises-receive",
    "raises-emit",
    "raises-shutdown",
    "raises-async",
)
"""Handlers that raise: where it says, and ``SystemExit`` in a coroutine."""


@dataclass(frozen=True)
class Mistake:
    """A handler's.

    Attributes:
        handlers: their names at the server, separated by commas; each has a client.
        what: told in the table.
        pictures: whether its client sends pictures rather than sound.
        again: whether its client comes again as soon as its session has ended.
        asked: whether the bound holds for it.
    """

    handlers: str
    what: str
    pictures: bool = False
    again: bool = False
    asked: bool = True


MISTAKES = (
    Mistake("blocks", "a sync handler that sleeps for seconds"),
    Mistake("leaks", "one that keeps 5 MB more each second"),
    Mistake("giant-sound", "one that emits ten minutes at once"),
    Mistake("giant-picture", "one that returns pictures of 108 MB", pictures=True),
    Mistake(",".join(RAISING), "one for each method that can raise", again=True),
    Mistake("computes-pool", "a loop in Python, in an IsolatedProcessPool", pictures=True),
    Mistake("computes", "a loop in Python on a thread", pictures=True),
    Mistake("one-call-pool", "calls that keep the lock, in an IsolatedProcessPool", pictures=True),
    Mistake("one-call", "calls that keep the lock, on a thread", pictures=True, asked=False),
)


def run(seconds: float) -> list[Finding]:
    """Measure neighbours beside each mistake, ``seconds`` at a time."""
    return asyncio.run(_run(MISTAKES, seconds))


async def _run(mistakes: tuple[Mistake, ...], seconds: float) -> list[Finding]:
    found: list[Finding] = []
    for mistake in mistakes:
        server = Server(PEER, ("echo", *mistake.handlers.split(",")))
        await server.start()
        try:
            beside = await measure(server.port, partial(made, server.port, mistake), seconds)
            found += findings(mistake.what, beside, asked=mistake.asked)
            sys.stderr.write("".join(f"  {row.what}: {row.value}\n" for row in found[-3:]))
        finally:
            await server.stop()
    return found


def made(port: int, mistake: Mistake) -> AbstractAsyncContextManager[object]:
    """Have a client of each handler that makes the mistake, for as long as this is open."""
    handlers = mistake.handlers.split(",")
    return calling(port, handlers, pictures=mistake.pictures, again=mistake.again)
