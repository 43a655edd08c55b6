"""One shared source heard in every way there is, and run where the author says."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradio_webrtc import IsolatedProcessPool, Stream
from gradio_webrtc.client import connect
from gradio_webrtc.testing import phone
from tests.loopback.client.test_call import tone_of
from tests.support import executor_work as work
from tests.support.client_server import address_of
from tests.support.recognisable_tracks import main_frequency
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.websocket_client import WebSocketClient

SECONDS = 30.0


class Radio:
    """A generator function that sounds at 500 Hz for a second of every two."""

    def __init__(self) -> None:
        self.begun = 0
        self.closed = threading.Event()

    def play(self) -> Iterator[Any]:
        self.begun += 1
        at = np.arange(48_000) / 48_000
        loud = (10_000 * np.sin(2 * np.pi * 500 * at)).astype(np.int16)
        try:
            for second in itertools.count():
                yield 48_000, loud if second % 2 == 0 else np.zeros_like(loud)
        finally:
            self.closed.set()


async def test_websockets_and_a_telephone_hear_one_source() -> None:
    radio = Radio()
    stream = Stream(radio.play, mode="receive", modality="audio", shared=True)
    async with address_of(stream) as url:
        socket = f"ws{url.removeprefix('http')}/websocket/offer"
        async with (
            connect(url, by="websocket") as client,
            WebSocketClient(socket) as plain,
            phone(f"{url}/telephone/incoming") as caller,
        ):
            await plain.start()
            assert abs(await asyncio.wait_for(tone_of(client), SECONDS) - 500) < 10
            heard = await caller.expect_reply(within_s=SECONDS)
            spectrum = np.abs(np.fft.rfft(heard.audio))
            assert abs(spectrum.argmax() * heard.sample_rate / heard.audio.size - 500) < 20
            await until(lambda: len(plain.loud()) > 20, SECONDS)
            [source] = stream.host.sources.live()
            assert len(source.audience) == 3
        assert radio.begun == 1
    assert radio.closed.wait(SECONDS)


async def test_everybody_on_a_socket_is_told_when_the_server_stops() -> None:
    radio = Radio()
    stream = Stream(radio.play, mode="receive", modality="audio", shared=True)
    async with address_of(stream) as url:
        socket = f"ws{url.removeprefix('http')}/websocket/offer"
        async with (
            connect(url, by="websocket") as client,
            WebSocketClient(socket) as plain,
        ):
            await plain.start()
            await until(lambda: len(plain.loud()) > 20, SECONDS)
            await stream.host.aclose()
            assert (await plain.message("type", "end_stream"))["reason"] == "server_shutdown"
            await until(lambda: client.ending is not None, SECONDS)
            assert client.ending is not None
            assert client.ending.reason == "server_shutdown"
    assert radio.closed.is_set()


@pytest.mark.parametrize("make", [partial(ThreadPoolExecutor, 1), partial(IsolatedProcessPool, 1)])
async def test_on_an_executor_one_worker_serves_all_viewers(
    make: Callable[[], Executor], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    executor = make()
    stream = Stream(
        partial(work.radio, str(log)),
        mode="receive",
        modality="audio",
        shared=True,
        executor=executor,
    )
    async with Served(stream) as server:
        clients = [await server.connected(receive=["audio"]) for _ in range(2)]
        for client in clients:
            await until(lambda client=client: client.heard > 1.5, SECONDS)
            assert main_frequency(client.sound(0.5)) == pytest.approx(500, abs=5)
        assert len(log.read_text().split()) == 2  # "begun" and the process, once
        await server.stream.host.aclose()
        await until(lambda: log.read_text().split()[-1] == "closed", SECONDS)
    executor.shutdown()
