"""Sockets that are no calls, on a real server: refused, and nobody else is disturbed."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect

from gradio_webrtc import Stream
from gradio_webrtc.simulated_calls.call import SimulatedCall
from gradio_webrtc.transports.sockets import start_deadline
from tests.support.echo_handlers import EchoHandler
from tests.support.phone_server import PhoneServer
from tests.support.sessions import until

START = {"event": "start", "start": {"streamSid": "MZ1", "callSid": "CA1"}, "streamSid": "MZ1"}


def phone() -> PhoneServer:
    return PhoneServer(Stream(EchoHandler(), modality="audio", concurrency_limit=5))


def opened(server: PhoneServer) -> Any:
    url = server.url.replace("http", "ws") + "/phone/telephone/handler"
    return connect(url, proxy=None, max_size=None)


async def ended(socket: ClientConnection) -> tuple[int, str]:
    """Wait until the server has closed; return the code and the reason."""
    await asyncio.wait_for(socket.wait_closed(), 10)
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (json.dumps({"event": "media", "media": {"payload": "AAAA"}}), "not_started"),
        (json.dumps({"event": "stop"}), "not_started"),
        ("no JSON", "invalid_message"),
        (b"\x00\x01", "invalid_message"),
        (json.dumps({"event": "start", "start": {"streamSid": "a b"}}), "invalid_message"),
        (json.dumps({"event": "media", "media": {"payload": "A" * 10_000_000}}), "invalid_message"),
    ],
)
async def test_what_does_not_begin_as_a_call_is_closed_and_a_call_beside_it_goes_on(
    first: str | bytes, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with phone() as server, server.call() as call:
        async with opened(server) as socket:
            await socket.send(first)
            assert await ended(socket) == (1000, reason)
        assert len(server.stream.host.registry) == 1
        before = len(call.times)
        await until(lambda: len(call.times) > before + 5)
        assert not call.over.is_set()
    assert caplog.text.count(f"refused a request: {reason}") == 1


async def test_a_socket_that_never_starts_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_deadline, "START_SECONDS", 0.2)
    async with phone() as server, opened(server) as socket:
        await socket.send(json.dumps({"event": "connected"}))
        assert await ended(socket) == (1000, "not_started")


async def test_a_caller_who_hangs_up_before_the_start_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with phone() as server:
        async with opened(server) as socket:
            await socket.send(json.dumps({"event": "connected"}))
        async with opened(server):
            pass
        await asyncio.sleep(0.1)
        assert len(server.stream.host.registry) == 0
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]


async def test_two_sockets_with_one_id_are_one_call() -> None:
    async with phone() as server, opened(server) as first:
        await first.send(json.dumps(START))
        await until(lambda: server.stream.host.registry.find("MZ1") is not None)
        async with opened(server) as second:
            await second.send(json.dumps(START))
            assert await ended(second) == (1000, "connection_already_exists")
        session = server.stream.host.registry.find("MZ1")
        assert session is not None
        assert session.ending is None


async def test_a_call_of_which_the_network_breaks_ends() -> None:
    async with phone() as server:
        async with opened(server) as socket:
            await socket.send(json.dumps(START))
            await until(lambda: server.stream.host.registry.find("MZ1") is not None)
            socket.transport.abort()
        await server.empty()


async def test_ids_of_calls_can_be_used_by_the_app() -> None:
    async with phone() as server:
        url = server.url + "/phone/telephone/incoming"
        async with SimulatedCall(url) as call:
            await until(lambda: len(call.events) > 3)
            assert server.stream.handlers[call.stream_sid].phone_mode
            server.stream.close_stream(call.stream_sid)
            await asyncio.wait_for(call.over.wait(), 30)
