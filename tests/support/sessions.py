"""Sessions over a fake wire and a scripted handler."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradio_webrtc.handlers.protocol import Handler
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.server.output_store import SessionOutputs
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import Limits
from gradio_webrtc.session.transport import Transport
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


def make_session(
    handler: Handler | None = None,
    transport: Transport | None = None,
    limits: Limits | None = None,
    webrtc_id: str = "a",
    **options: Any,
) -> Session:
    """Return a session that is not started.

    Args:
        handler: by default a ``ScriptedHandler``.
        transport: by default a ``FakeTransport``.
        limits: by default those of the package.
        webrtc_id: its id.
        options: further arguments of ``Session``.
    """
    wire = transport or FakeTransport()
    options.setdefault("outputs", SessionOutputs(webrtc_id))
    return Session(
        webrtc_id, handler or ScriptedHandler(), limits or Limits(), lambda _: wire, **options
    )


def outputs_of(session: Session) -> SessionOutputs:
    """Return where the outputs of a session go."""
    assert isinstance(session.outputs, SessionOutputs)
    return session.outputs


def start_session(
    handler: ScriptedHandler | None = None,
    limits: Limits | None = None,
    webrtc_id: str = "a",
    **options: Any,
) -> Bench:
    """Return a session that is connecting; ``options`` are further arguments of ``Session``."""
    handler, transport = handler or ScriptedHandler(), FakeTransport()
    session = make_session(handler, transport, limits, webrtc_id, **options)
    session.start()
    return Bench(session, handler, transport)


async def open_session(
    handler: ScriptedHandler | None = None,
    limits: Limits | None = None,
    webrtc_id: str = "a",
    **options: Any,
) -> Bench:
    """Return a session that is open, its handler started."""
    bench = start_session(handler, limits, webrtc_id, **options)
    bench.session.on_connected()
    await settle()
    return bench


async def settle() -> None:
    """Let everything happen that needs no time."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
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
