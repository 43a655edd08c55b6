"""The thread that decodes: one piece at a time, and nobody waits for one that is stuck."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gradio_webrtc.handlers.adapters.decoding_thread import DecodingThread

pytestmark = pytest.mark.asyncio


class Decoder:
    """Gives numbers, each after ``go`` allows it; says where it ran and when it was closed."""

    def __init__(self, *, go: bool = True) -> None:
        self.go = threading.Event()
        self.threads: set[str] = set()
        self.closed = threading.Event()
        if go:
            self.go.set()

    def __iter__(self):
        try:
            for number in range(1, 4):
                self.threads.add(threading.current_thread().name)
                self.go.wait(10)
                yield number
        finally:
            self.threads.add(threading.current_thread().name)
            self.closed.set()


async def test_pieces_come_in_order_and_then_none():
    thread, decoder = DecodingThread("decoding"), Decoder()
    items = iter(decoder)
    assert [await thread.next(items) for _ in range(5)] == [1, 2, 3, None, None]
    await thread.aclose()
    assert decoder.threads == {"decoding"}


async def test_what_the_decoder_raises_comes_out():
    def broken():
        yield 1
        raise ValueError("damaged")

    thread, items = DecodingThread("decoding"), broken()
    assert await thread.next(items) == 1
    with pytest.raises(ValueError, match="damaged"):
        await thread.next(items)
    await thread.aclose()


async def test_a_drop_ends_a_step_that_waits_and_closes_where_it_runs(until_async):
    thread, decoder = DecodingThread("decoding"), Decoder(go=False)
    items = iter(decoder)
    waiting = asyncio.ensure_future(thread.next(items))
    await until_async(lambda: decoder.threads)
    thread.drop(items)
    assert await asyncio.wait_for(waiting, 1) is None
    assert not decoder.closed.is_set()
    decoder.go.set()
    await until_async(decoder.closed.is_set)
    await thread.aclose()
    assert decoder.threads == {"decoding"}


async def test_a_thread_that_is_stuck_holds_up_nothing_once_it_is_replaced(until_async):
    thread, stuck, free = DecodingThread("decoding"), Decoder(go=False), Decoder()
    waiting = asyncio.ensure_future(thread.next(iter(stuck)))
    await until_async(lambda: stuck.threads)
    thread.replace()
    assert await asyncio.wait_for(thread.next(iter(free)), 5) == 1
    stuck.go.set()
    await asyncio.wait({waiting}, timeout=5)
    await thread.aclose()
