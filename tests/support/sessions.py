"""Sessions over a fake wire and a scripted handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import Limits
from tests.support.fake_transport import FakeTransport
from tests.support.scripted_handler import ScriptedHandler

TURNS = 50
"""Turns of the event loop after which everything that needs no time has happened."""


@dataclass
class Bench:
    """One session with its two neighbours."""

    session: Session
    handler: ScriptedHandler
    transport: FakeTransport


def start_session(
    handler: ScriptedHandler | None = None,
    limits: Limits | None = None,
    webrtc_id: str = "a",
    owner: str | None = None,
) -> Bench:
    """Return a session that is connecting."""
    handler = handler or ScriptedHandler()
    session = Session(webrtc_id, handler, limits or Limits(), owner)
    transport = FakeTransport()
    session.start(transport)
    return Bench(session, handler, transport)


async def open_session(
    handler: ScriptedHandler | None = None,
    limits: Limits | None = None,
    webrtc_id: str = "a",
) -> Bench:
    """Return a session that is open, its handler started."""
    bench = start_session(handler, limits, webrtc_id)
    bench.session.on_connected()
    await settle()
    return bench


async def settle() -> None:
    """Let everything happen that needs no time."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until ``condition()`` is true; fail after ``seconds`` of the loop's clock."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        assert loop.time() < deadline, f"not within {seconds:g} s: {condition}"
        await asyncio.sleep(0.01)


def silence(seconds: float = 0.02, sample_rate: int = 48_000) -> Pcm:
    """Return mono silence."""
    return Pcm(sample_rate, np.zeros((1, round(seconds * sample_rate)), np.int16))


def marked(value: int, seconds: float = 0.02, sample_rate: int = 48_000) -> Pcm:
    """Return mono sound whose every sample is ``value``, to be told from others."""
    return Pcm(sample_rate, np.full((1, round(seconds * sample_rate)), value, np.int16))
