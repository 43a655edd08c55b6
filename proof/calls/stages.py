"""Clients that go away, each at another moment of a call's beginning."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from bench.http_json import RefusedError, request_json
from tests.support.client import LoopbackClient
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until

HANDLERS = ("echo", "greets", "closes")
"""What the server mounts: an echo, a voice that speaks first, and who hangs up himself."""

AGAIN_SECONDS = (1.0, 2.0, 4.0)
"""After which a client asks again that is refused as one too many from its network: those that went
away without a word are given up after some seconds, and count until then."""

Stage = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def _client(
    port: int, handler: str = "echo", **options: Any
) -> AsyncIterator[LoopbackClient]:
    async def signal(body: dict[str, Any]) -> dict[str, Any]:
        for pause in AGAIN_SECONDS:
            try:
                return await request_json(port, "POST", f"/{handler}/webrtc/offer", body)
            except RefusedError as error:
                if error.status != 429:
                    raise
            await asyncio.sleep(pause)
        return await request_json(port, "POST", f"/{handler}/webrtc/offer", body)

    client = LoopbackClient(signal, send=[SineTrack()], **options)
    try:
        yield client
    finally:
        await client.close()


async def _send(port: int, head_and_body: bytes) -> None:
    """Send bytes to the server and hang up without reading a word."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head_and_body)
    await writer.drain()
    writer.transport.abort()


def _request(body: bytes, length: int) -> bytes:
    head = (
        "POST /echo/webrtc/offer HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
    return head.encode() + body


async def _offer(client: LoopbackClient) -> bytes:
    body = {
        "type": "offer",
        "sdp": await client.make_offer(),
        "webrtc_id": str(uuid.uuid4()),
    }
    return json.dumps(body).encode()


async def half_a_body(port: int) -> None:
    """Half of an offer, and the line is cut."""
    async with _client(port) as client:
        body = await _offer(client)
        await _send(port, _request(body[: len(body) // 2], len(body)))


async def no_wait_for_the_answer(port: int) -> None:
    """A whole offer, whose answer nobody waits for."""
    async with _client(port) as client:
        body = await _offer(client)
        await _send(port, _request(body, len(body)))


async def answered_and_silent(port: int) -> None:
    """An answer, and not one packet."""
    async with _client(port) as client:
        sdp = await client.make_offer()
        client.unplug()
        await client.offer(sdp)


async def while_ice_checks(port: int) -> None:
    """Gone as soon as ICE has begun."""
    async with _client(port) as client:
        await client.take_answer(await client.offer(await client.make_offer()))
        await until(lambda: client.pc.iceConnectionState != "new")
        client.unplug()


async def while_dtls_shakes_hands(port: int) -> None:
    """Gone when ICE has a path, and DTLS begins."""
    async with _client(port) as client:
        await client.take_answer(await client.offer(await client.make_offer()))
        await until(lambda: client.pc.iceConnectionState == "completed")
        client.unplug()


async def before_the_first_sound(port: int) -> None:
    """Connected, without a control channel, and gone before any sound came."""
    async with _client(port, channel=False) as client:
        await client.connect()
        client.unplug()


async def while_it_is_heard(port: int) -> None:
    """Gone without a word while sound flows both ways."""
    async with _client(port) as client:
        await client.connect()
        await until(lambda: client.heard > 0)
        client.unplug()


async def while_it_is_answered(port: int) -> None:
    """Gone without a word in the middle of a reply."""
    async with _client(port, "greets") as client:
        await client.connect()
        await until(lambda: client.last_loud)
        client.unplug()


async def while_the_server_closes(port: int) -> None:
    """Gone without a word when the server says goodbye."""
    async with _client(port, "closes") as client:
        await client.take_answer(await client.offer(await client.make_offer()))
        # Where that comes before the channel is open, the end of the connection says it.
        await until(lambda: client.messages or client.closed)
        client.unplug()


async def hung_up(port: int) -> None:
    """Hung up, as it should be, while sound flows both ways."""
    async with _client(port) as client:
        await client.connect()
        await until(lambda: client.heard > 0)


STAGES: tuple[Stage, ...] = (
    half_a_body,
    no_wait_for_the_answer,
    answered_and_silent,
    while_ice_checks,
    while_dtls_shakes_hands,
    before_the_first_sound,
    while_it_is_heard,
    while_it_is_answered,
    while_the_server_closes,
    hung_up,
)
