from __future__ import annotations

import httpx
import pytest

from gradio_webrtc.client.errors import NoPlaceError
from gradio_webrtc.client.received import Received
from gradio_webrtc.client.signaling.http_server import HttpServer
from gradio_webrtc.client.signaling.mounted_stream import MountedStream
from gradio_webrtc.errors import ConfigurationError


async def test_a_mounted_stream_has_its_routes_and_nothing_else():
    async with httpx.AsyncClient() as http:
        server = HttpServer(http, {"Authorization": "Bearer x"})
        stream = MountedStream(server, "https://host/a", None, None)
        address = await stream.socket()
        assert address.url == "wss://host/a/websocket/offer"
        assert address.headers == {"Authorization": "Bearer x"}
        await stream.connected("id", Received())  # no outputs are read
        with pytest.raises(ConfigurationError, match="inputs="):
            await stream.set_input("id", [1])
        with pytest.raises(NoPlaceError):
            await stream.place("id", 0)
