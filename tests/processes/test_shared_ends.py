"""A process that ends while many listen to one source, and when the last has just left."""

from __future__ import annotations

from pathlib import Path
from signal import SIGTERM

import pytest

from tests.processes.serving import running
from tests.support.sessions import until
from tests.support.websocket_client import WebSocketClient

END_SECONDS = 3.0


@pytest.mark.serial
async def test_all_are_told_and_the_generator_is_closed(tmp_path: Path) -> None:
    async with running(tmp_path, "mounted_source") as program:
        url = f"ws://{program.http.base_url.netloc.decode()}/stream/websocket/offer"
        async with WebSocketClient(url) as one, WebSocketClient(url) as other:
            await one.start("one")
            await other.start("other")
            await until(lambda: min(len(one.loud()), len(other.loud())) > 20, 30)
            program.signal(SIGTERM)
            ended = await program.ended()
            for client in (one, other):
                assert (await client.message("type", "end_stream"))["reason"] == "server_shutdown"
                await client.over()
    assert ended.ends == ["begun", "finally"]
    assert ended.noted < END_SECONDS
    assert ended.status == -SIGTERM


@pytest.mark.serial
async def test_a_source_that_nobody_hears_any_more_is_closed_too(tmp_path: Path) -> None:
    async with running(tmp_path, "mounted_source") as program:
        url = f"ws://{program.http.base_url.netloc.decode()}/stream/websocket/offer"
        async with WebSocketClient(url) as client:
            await client.start()
            await until(lambda: len(client.loud()) > 20, 30)
        program.signal(SIGTERM)
        ended = await program.ended()
    assert ended.ends == ["begun", "finally"]
    assert ended.noted < END_SECONDS
    assert ended.status == -SIGTERM
