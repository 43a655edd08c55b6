"""However a connection ends, its place, tasks, threads and memory come back."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import weakref
from typing import Any

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.aiortc_internals import consent
from tests.support.client import LoopbackClient
from tests.support.echo_handlers import AsyncEchoHandler, EchoHandler, SilentHandler
from tests.support.leaks import other_tasks
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until


def echo(**limits: float) -> Served:
    return Served(Stream(EchoHandler(), modality="audio", concurrency_limit=None), **limits)


async def heard(client: LoopbackClient) -> LoopbackClient:
    await until(lambda: client.heard > 0.2)
    return client


async def reason_of(server: Served, client: LoopbackClient, end: Any) -> CloseReason:
    """Return why the session of ``client`` ended, after ``end()``."""
    session = server.session(client)
    result = end()
    if result is not None:
        await result
    await server.empty()
    assert session.ending is not None
    return session.ending.reason


async def test_the_time_limit_ends_both_sides() -> None:
    stream = Stream(EchoHandler(), modality="audio", time_limit=1)
    async with Served(stream) as server:
        client = await server.connected(SineTrack())
        loop = asyncio.get_running_loop()
        connected = loop.time()
        goodbye = await client.message("end_stream")
        assert loop.time() - connected > 0.8
        assert goodbye["reason"] == "time_limit"
        assert goodbye["data"] == "The time limit of 1 seconds is over."
        await server.empty()
        await until(lambda: client.closed)


async def test_a_client_that_hangs_up() -> None:
    async with echo() as server:
        client = await heard(await server.connected(SineTrack()))
        assert await reason_of(server, client, client.close) is CloseReason.CLIENT_CLOSED


async def test_a_client_that_says_goodbye() -> None:
    async with echo() as server:
        client = await heard(await server.connected(SineTrack()))
        reason = await reason_of(server, client, lambda: client.say('{"type":"end_stream"}'))
        assert reason is CloseReason.CLIENT_CLOSED
        await until(lambda: client.closed)


async def test_a_client_that_vanishes_is_missed() -> None:
    async with echo(silence=1.0) as server:
        client = await heard(await server.connected(SineTrack()))
        loop = asyncio.get_running_loop()
        vanished = loop.time()
        assert await reason_of(server, client, client.unplug) is CloseReason.PEER_LOST
        assert loop.time() - vanished > 0.8


async def test_a_silent_client_that_vanishes_is_missed_by_ice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A client that gives no sign of life of its own is watched by ICE's consent checks."""
    monkeypatch.setattr(consent, "INTERVAL_SECONDS", 0.5)
    monkeypatch.setattr(consent, "EXPIRES_SECONDS", 1.0)
    stream = Stream(SilentHandler(), modality="audio", mode="send")
    async with Served(stream, silence=3600) as server:
        client = await server.connected(SineTrack())
        assert await reason_of(server, client, client.unplug) is CloseReason.PEER_LOST


async def test_a_client_that_never_connects() -> None:
    async with echo(connect=1.0) as server:
        client = server.client(SineTrack())
        offer = await client.make_offer()
        client.unplug()
        await client.take_answer(await client.offer(offer))
        session = server.session(client)
        await server.empty()
        assert session.ending is not None
        assert session.ending.reason is CloseReason.CONNECT_TIMEOUT


async def test_a_stopped_server_tells_its_clients() -> None:
    async with echo() as server:
        clients = [await heard(await server.connected(SineTrack())) for _ in range(2)]
        await server.stream.host.aclose()
        for client in clients:
            goodbye = await client.message("end_stream")
            assert goodbye["reason"] == "server_shutdown"
            assert "shutting down" in goodbye["data"]
        await until(lambda: all(client.closed for client in clients))


async def test_a_server_that_says_it_is_stopping_is_believed() -> None:
    """Gradio sets an event before it stops, and waits for requests such as a long poll."""
    stopping = asyncio.Event()
    async with Served(Stream(EchoHandler(), modality="audio")) as server:
        host = server.stream.host
        host.close_with(stopping)
        host.close_with(stopping)
        client = await heard(await server.connected(SineTrack()))
        await host.wait_for_place({"webrtc_id": "next"})
        poll = asyncio.ensure_future(host.wait_for_place({"webrtc_id": "next"}))
        await asyncio.sleep(0)
        stopping.set()
        assert (await asyncio.wait_for(poll, 10))["status"] == "failed"
        assert (await client.message("end_stream"))["reason"] == "server_shutdown"
        await server.empty()


async def test_an_ended_session_is_garbage_with_all_that_belonged_to_it() -> None:
    handlers: list[weakref.ref[EchoHandler]] = []

    class Counted(EchoHandler):
        def __init__(self) -> None:
            super().__init__()
            handlers.append(weakref.ref(self))

        def copy(self) -> EchoHandler:
            return Counted()

    stream = Stream(Counted(), modality="audio")
    async with Served(stream) as server:
        client = await heard(await server.connected(SineTrack()))
        session: weakref.ref[Any] = weakref.ref(server.session(client))
        transport: weakref.ref[Any] = weakref.ref(server.session(client).transport)
        peer: weakref.ref[Any] = weakref.ref(server.session(client).transport._pc)  # type: ignore[attr-defined]
        await client.close()
        await server.empty()

        def gone() -> bool:
            gc.collect()
            references = [session, transport, peer, *handlers[1:]]
            return not any(reference() for reference in references)

        await until(gone)
        assert handlers[0]() is not None  # the one all are copied from


async def test_twenty_calls_leave_nothing_behind() -> None:
    async with echo() as server:

        async def call(number: int) -> None:
            client = server.client(SineTrack())
            await client.connect()
            await until(lambda: client.heard > 0)
            if number % 2:
                await server.session(client).aclose()
            await client.close()
            server.clients.forget(client)

        await call(0)  # what is made once and kept: executors, codecs
        await server.empty()
        threads, tasks = set(threading.enumerate()), other_tasks()

        def is_left(thread: threading.Thread) -> bool:
            return thread not in threads and not thread.name.startswith("asyncio_")

        descriptors = len(os.listdir("/dev/fd"))
        for batch in range(5):
            await asyncio.gather(*(call(4 * batch + number) for number in range(4)))
        await server.empty()
        await until(lambda: other_tasks() <= tasks)
        # The default executor keeps its threads, and there are never more than its limit.
        await until(lambda: not [t for t in threading.enumerate() if is_left(t)])
        gc.collect()
        assert len(os.listdir("/dev/fd")) <= descriptors + 2


async def test_blocked_handlers_starve_nobody() -> None:
    """Twelve sessions wait in ``emit`` for ever; an async one still echoes, and all end at once."""

    class Stuck(EchoHandler):
        def emit(self) -> Any:
            threading.Event().wait()

        def copy(self) -> EchoHandler:
            return Stuck()

    stuck = Stream(Stuck(), modality="audio", concurrency_limit=None)
    lively = Stream(AsyncEchoHandler(), modality="audio")
    async with Served(stuck) as full, Served(lively) as server:
        await asyncio.gather(*(full.connected(SineTrack()) for _ in range(12)))
        client = await server.connected(SineTrack())
        await until(lambda: client.heard > 1)
        loop = asyncio.get_running_loop()
        started = loop.time()
        await full.stream.host.aclose()
        assert loop.time() - started < 20
        before = client.heard
        await until(lambda: client.heard > before + 0.3)


async def test_pictures_stop_and_threads_end_while_a_slow_function_runs() -> None:
    entered = threading.Event()
    leave = threading.Event()

    def slow(frame: Any) -> Any:
        entered.set()
        leave.wait(30)
        return frame

    async with Served(Stream(slow)) as server:
        client = await server.connected(NumberedTrack())
        await until(entered.is_set)
        await client.close()
        await server.empty()
        leave.set()
