from __future__ import annotations

import asyncio
import queue
import socket
import threading
import time

import pytest

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.testing.virtual_clock import run_virtually


def test_an_hour_takes_no_time():
    async def sleep() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(asyncio.sleep(3_600), asyncio.sleep(1_800))
        return loop.time() - began

    real = time.monotonic()
    assert run_virtually(sleep()) == pytest.approx(3_600, abs=0.01)
    assert time.monotonic() - real < 60


def test_time_stands_still_while_threads_compute():
    async def compute() -> float:
        loop = asyncio.get_running_loop()
        ticking = asyncio.ensure_future(asyncio.sleep(3_600))
        began = loop.time()
        worker = Worker("test")
        await worker.call(time.sleep, 0.05)
        await asyncio.to_thread(time.sleep, 0.05)
        passed = loop.time() - began
        ticking.cancel()
        await worker.aclose()
        return passed

    assert run_virtually(compute()) < 0.001


def test_time_goes_on_while_a_thread_waits_for_what_it_brings():
    items: queue.Queue[int] = queue.Queue()

    async def feed() -> tuple[int, float]:
        loop = asyncio.get_running_loop()
        worker = Worker("test")
        began = loop.time()
        getting = asyncio.ensure_future(worker.call(items.get))
        await asyncio.sleep(100)
        items.put(7)
        got = await getting
        passed = loop.time() - began
        await worker.aclose()
        return got, passed

    real = time.monotonic()
    got, passed = run_virtually(feed())
    assert (got, passed >= 100) == (7, True)
    assert time.monotonic() - real < 60


def test_a_socket_is_waited_for():
    async def talk() -> bytes:
        ours, theirs = socket.socketpair()
        threading.Timer(0.05, theirs.send, [b"hello"]).start()
        reader, writer = await asyncio.open_connection(sock=ours)
        data = await asyncio.wait_for(reader.read(5), 2.0)
        writer.close()
        await writer.wait_closed()
        theirs.close()
        return data

    assert run_virtually(talk()) == b"hello"


def test_what_is_left_is_cancelled_and_errors_come_out():
    cancelled: list[bool] = []

    async def stay() -> None:
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def fail() -> None:
        task = asyncio.ensure_future(stay())
        await asyncio.sleep(0)
        assert not task.done()
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        run_virtually(fail())
    assert cancelled == [True]
