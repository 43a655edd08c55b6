"""The proof's clients of bad handlers: in a process of their own, as long as they are wanted."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bench.process import Peer, Server
from bench.results import BenchError
from proof.abuse.callers import calling
from proof.calls.process_state import state_of


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server(
        Peer("callers", Path(sys.executable), "proof.calls.server"), ("audio", "closes")
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def _until_sessions(server: Server, count: int) -> None:
    while (await state_of(server)).sessions != count:  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.1)


async def test_each_handler_has_a_caller_who_hangs_up_at_the_end(server: Server) -> None:
    async with calling(server.port, ["audio", "audio"]) as callers:
        await asyncio.wait_for(_until_sessions(server, 2), 60)
    assert callers.ended == 0
    await asyncio.wait_for(_until_sessions(server, 0), 60)


async def test_they_tell_how_many_were_hung_up_on(server: Server) -> None:
    async with calling(server.port, ["audio", "closes"]) as callers:
        await asyncio.wait_for(_until_sessions(server, 2), 60)
        await asyncio.wait_for(_until_sessions(server, 1), 60)
    assert callers.ended == 1


async def test_callers_who_could_not_connect_are_told(server: Server) -> None:
    with pytest.raises(BenchError, match="of nobody are gone"):
        async with calling(server.port, ["nobody"]) as callers:
            await asyncio.wait_for(callers.process.wait(), 60)
