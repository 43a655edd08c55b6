"""Audio echoed over a websocket: round trip and the server's work, as in ``audio.py``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from bench.process import Server
from bench.results import Reading, reading
from bench.scenarios.audio import TAIL
from bench.scenarios.plan import Pace, Scenario, watch_cpu
from bench.socket_client import SocketClient, media_texts
from bench.tones import (
    FRAME,
    FRAMES_PER_BURST,
    SAMPLE_RATE,
    BurstListener,
    DecodedAudio,
    bursts,
    opus,
)
from gradio_webrtc.media.audio import mu_law
from gradio_webrtc.media.audio.opus import OpusDecoder

ECHO_RATE = 24_000
"""In Hz; ``output_sample_rate`` of every server's echo."""

Decode = Callable[[bytes], DecodedAudio]


@cache
def _texts(encoding: str) -> list[str]:
    sound = bursts()
    if encoding == "opus":
        return media_texts(opus(sound))
    return media_texts(
        [mu_law.encode(sound[at : at + FRAME]) for at in range(0, len(sound), FRAME)]
    )


def _decoding(encoding: str) -> tuple[int, Decode]:
    """Return the rate of what comes back, and what decodes it."""
    if encoding == "opus":
        decoder = OpusDecoder()
        return SAMPLE_RATE, lambda data: decoder.decode(data)[0]
    return ECHO_RATE, lambda data: mu_law.decode(data)[0]


async def _echo(server: Server, pace: Pace, *, row: str, encoding: str) -> Sequence[Reading]:
    rate, decode = _decoding(encoding)
    client = SocketClient(
        server.port,
        "audio-echo",
        _texts(encoding),
        lambda data, at: listener.hear(decode(data), rate, at),
    )
    listener = BurstListener(client.sent)
    start_with: dict[str, Any] = (
        {"format": {"input": "opus", "output": "opus"}} if encoding == "opus" else {}
    )
    await client.open(**start_with)
    try:
        await asyncio.sleep(pace.warm_up)
        start = time.perf_counter()
        cpu, own = await watch_cpu(server, pace.audio, 1)
        end = time.perf_counter()
        await asyncio.sleep(TAIL)
        client.check_connected()
    finally:
        await client.aclose()
    took = [1000 * mark.took for mark in listener.heard if start <= mark.sent < end]
    sent = sum(start <= at < end for at in client.sent[::FRAMES_PER_BURST])
    notes = {
        "lost": float(sent - len(took)),
        "client_cpu": own,
        "client_late_ms": 1000 * client.late,
    }
    return reading(row, took, **notes), reading(f"{row}-cpu", [cpu], **notes)


def _scenario(row: str, encoding: str, *, fastrtc: bool) -> Scenario:
    run = partial(_echo, row=row, encoding=encoding)
    return Scenario("audio-echo", (row, f"{row}-cpu"), run, bare=False, fastrtc=fastrtc)


WEBSOCKET_SCENARIOS = (
    _scenario("websocket", "mulaw", fastrtc=True),
    _scenario("websocket-opus", "opus", fastrtc=False),
)
