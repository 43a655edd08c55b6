"""A process that ends while many listen to one source, and the last has just left another."""

from __future__ import annotations

from pathlib import Path
from signal import SIGTERM

import pytest

from tests.processes.serving import running
from tests.support.sessions import until
from tests.support.websocket_client import WebSocketClient

END_SECONDS = 3.0


@pytest.mark.serial
async def test_all_are_told_and_every_generator_is_closed(tmp_path: Path) -> None:
    async with running(tmp_path, "mounted_sources") as program:
        server = f"ws://{program.http.base_url.netloc.decode()}"
        heard = f"{server}/heard/websocket/offer"
        async with WebSocketClient(heard) as one, WebSocketClient(heard) as other:
            await one.start("one")
            await other.start("other")
            async with WebSocketClient(f"{server}/left/websocket/offer") as leaving:
                await leaving.start("leaving")
                await until(lambda: len(leaving.loud()) > 20, 30)
            await until(lambda: min(len(one.loud()), len(other.loud())) > 20, 30)
            program.signal(SIGTERM)
            ended = await program.ended()
            for client in (one, other):
                assert (await client.message("type", "end_stream"))["reason"] == "server_shutdown"
                await client.over()
    assert sorted(ended.ends) == ["begun heard", "begun left", "finally heard", "finally left"]
    assert ended.noted < END_SECONDS
    assert ended.status == -SIGTERM
