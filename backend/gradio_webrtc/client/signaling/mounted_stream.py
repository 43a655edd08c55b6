"""A ``Stream`` that is mounted on a server: its published routes."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

from gradio_webrtc.client.errors import NoPlaceError
from gradio_webrtc.client.received import Received, ReceivedOutput
from gradio_webrtc.client.signaling import Modality, Mode, SocketAddress
from gradio_webrtc.client.signaling.addresses import OFFER, SOCKET, joined, socket_address
from gradio_webrtc.client.signaling.http_server import HttpServer
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.json_values import Json, JsonObject

AGAIN_S = 1.0
"""How often a place is asked for while all are taken: such a stream has no line to stand in."""


class MountedStream:
    """Implements ``Signaling``.

    Args:
        server: where it is.
        base: the address under which the stream is mounted.
        outputs: the path of the app's own event source of additional outputs, with
            ``{webrtc_id}`` in it; ``None`` without one.
        inputs: the path to which the app takes the values of other inputs, posted as
            ``{"webrtc_id", "values"}``; ``None`` without one.
    """

    modality: Modality | None = None
    mode: Mode | None = None

    def __init__(
        self, server: HttpServer, base: str, outputs: str | None, inputs: str | None
    ) -> None:
        self._server = server
        self._base = base
        self._outputs = outputs
        self._inputs = inputs

    async def ask(self, body: JsonObject) -> JsonObject:
        """Post to the offer route."""
        url = self._base + OFFER
        return await self._server.ask(url, body)

    async def ice_configuration(self) -> None:
        """A mounted stream has none to give."""

    async def start(self) -> None:
        """A mounted stream starts with its connection."""

    async def socket(self) -> SocketAddress:
        """Return the mounted websocket."""
        return SocketAddress(socket_address(self._base + SOCKET), self._server.socket_headers)

    async def place(self, webrtc_id: str, within_s: float) -> None:
        """Let some time pass: whoever asks again first gets the place."""
        if within_s <= 0:
            raise NoPlaceError("No place became free in time.", "concurrency_limit_reached", {})
        await asyncio.sleep(min(within_s, AGAIN_S))

    async def connected(self, webrtc_id: str, received: Received) -> None:
        """Read the app's event source of additional outputs."""
        if self._outputs is None:
            return
        url = joined(self._base, self._outputs.replace("{webrtc_id}", webrtc_id))
        loop = asyncio.get_running_loop()
        async with aclosing(self._server.events(url)) as events:
            async for text in events:
                received.outputs.put(ReceivedOutput(_value(text), loop.time()))

    async def leave(self, webrtc_id: str) -> None:
        """Closing the link says it."""

    async def set_input(self, webrtc_id: str, values: list[Json]) -> None:
        """Post them to the app's own route.

        Raises:
            ConfigurationError: none was named.
        """
        if self._inputs is None:
            raise ConfigurationError(
                "A mounted stream takes inputs by a route of the app's own: name it, as in "
                'connect(url, inputs="/inputs").'
            )
        body = {"webrtc_id": webrtc_id, "values": values}
        await self._server.ask(joined(self._base, self._inputs), body)


def _value(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value
