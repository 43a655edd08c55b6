"""A sync stream of speech, made async on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Generator

import numpy as np
import pytest

from gradio_webrtc.speech.synthesis.async_speech import as_async_stream
from gradio_webrtc.speech.synthesis.tts import Speech
from tests.support.leaks import left_threads


class Engine:
    """Speaks a sample a piece, and keeps what was asked of it and where."""

    def __init__(self, pieces: int, error: Exception | None = None) -> None:
        self.pieces = pieces
        self.error = error
        self.made = 0
        self.closed = 0
        self.threads: set[threading.Thread] = set()

    def stream(self) -> Generator[Speech, None, None]:
        try:
            for _ in range(self.pieces):
                self.threads.add(threading.current_thread())
                self.made += 1
                yield 16_000, np.full(1, self.made, np.int16)
            if self.error is not None:
                raise self.error
        finally:
            self.threads.add(threading.current_thread())
            self.closed += 1


async def test_all_pieces_come_in_order_from_one_thread_that_ends() -> None:
    engine, before = Engine(3), set(threading.enumerate())
    pieces = [int(samples[0]) async for _, samples in as_async_stream(engine.stream())]
    assert pieces == [1, 2, 3]
    assert len(engine.threads) == 1
    assert threading.current_thread() not in engine.threads
    assert left_threads(before) == set()


async def test_closing_early_makes_no_more_and_closes_the_stream_where_it_ran() -> None:
    engine, before = Engine(100), set(threading.enumerate())
    stream = as_async_stream(engine.stream())
    await stream.__anext__()
    await stream.aclose()
    assert (engine.made, engine.closed) == (1, 1)
    assert len(engine.threads) == 1
    assert left_threads(before) == set()


async def test_what_the_engine_raises_comes_out_and_the_thread_ends() -> None:
    engine, before = Engine(1, LookupError("no such voice")), set(threading.enumerate())
    stream = as_async_stream(engine.stream())
    await stream.__anext__()
    with pytest.raises(LookupError, match="no such voice"):
        await stream.__anext__()
    assert left_threads(before) == set()
