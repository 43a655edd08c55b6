"""An app's own route serves websockets as the mounted one does."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc import Stream
from tests.support.asgi_websocket import AsgiWebSocket
from tests.support.echo_handlers import AsyncEchoHandler
from tests.support.sessions import until


@pytest.mark.parametrize("accepted", [False, True])
async def test_it_serves_a_client_until_it_leaves(accepted: bool) -> None:
    stream = Stream(AsyncEchoHandler(), modality="audio")
    client = AsgiWebSocket(host="own.example", origin="https://own.example")
    if accepted:
        await client.websocket.accept()
    serving = asyncio.ensure_future(stream.websocket_offer(client.websocket))
    client.begin("visitor")
    await until(lambda: "visitor" in stream.connections)
    client.put({"event": "stop"})
    await asyncio.wait_for(serving, 10)
    assert stream.connections == {}
    assert client.closed == "client_closed"


@pytest.mark.parametrize("accepted", [False, True])
async def test_a_page_of_another_site_is_refused(accepted: bool) -> None:
    stream = Stream(AsyncEchoHandler(), modality="audio")
    client = AsgiWebSocket(host="own.example", origin="https://evil.example")
    if accepted:
        await client.websocket.accept()
    client.begin("visitor")
    await asyncio.wait_for(stream.websocket_offer(client.websocket), 10)
    assert client.accepted == accepted
    assert client.code == 1008
    assert client.messages == []
