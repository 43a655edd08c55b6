"""A process that ends with somebody connected by a websocket: told, shut down, and recorded."""

from __future__ import annotations

from pathlib import Path
from signal import SIGTERM

import numpy as np

from tests.processes.serving import running
from tests.support.recordings import decode
from tests.support.sessions import until
from tests.support.websocket_client import WebSocketClient


async def test_a_server_that_is_told_to_end_ends_websockets_in_order(tmp_path: Path) -> None:
    async with running(tmp_path, "mounted") as program:
        url = f"ws://{program.http.base_url.netloc.decode()}/stream/websocket/offer"
        async with WebSocketClient(url) as client:
            await client.start()
            tone = 8_000 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)
            await client.says(tone.astype(np.int16))
            await until(lambda: len(client.loud()) > 40)
            program.signal(SIGTERM)
            goodbye = await client.message("type", "end_stream")
            await client.over()
        ended = await program.ended()
    assert goodbye["reason"] == "server_shutdown"
    [path] = ended.recordings
    assert ended.ends == ["shutdown", f"finished {path.stat().st_size}"]
    assert ended.status == -SIGTERM
    sound = decode(path).sound
    for channel in (0, 1):
        loud = np.count_nonzero(np.abs(sound[channel]) > 500) / 48_000
        assert loud > 0.75, "what was said and what was heard"
