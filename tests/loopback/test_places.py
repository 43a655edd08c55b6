"""Ids, places and those who wait for one."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.support.echo_server import echo, heard, refusal
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until


async def test_an_offer_with_a_used_id() -> None:
    async with echo(concurrency_limit=None) as server:
        client = await server.connected(SineTrack())
        second = server.client(SineTrack(), webrtc_id=client.webrtc_id)
        offer = await second.make_offer()
        assert (await refusal(second.offer(offer)))["error"] == "connection_already_exists"
        await heard(client)
        await client.close()
        await server.empty()
        assert (await refusal(second.offer(offer)))["error"] == "connection_closed"


async def test_the_next_client_is_refused_with_the_limit() -> None:
    async with echo(concurrency_limit=2) as server:
        first = await server.connected(SineTrack())
        await server.connected(SineTrack())
        third = server.client(SineTrack())
        offer = await third.make_offer()
        meta = await refusal(third.offer(offer))
        assert (meta["error"], meta["limit"]) == ("concurrency_limit_reached", 2)
        await first.close()
        await until(lambda: len(server.stream.host.registry) == 1)
        await third.take_answer(await third.offer(offer))
        await third.connected()


async def test_the_next_client_is_admitted_when_a_place_frees() -> None:
    async with echo() as server:
        host = server.stream.host
        first = await server.connected(SineTrack())
        second = server.client(SineTrack())
        ask = {"webrtc_id": second.webrtc_id}
        assert (await host.wait_for_place(ask))["status"] == "waiting"
        polling = asyncio.ensure_future(host.wait_for_place(ask))
        await first.close()
        assert await polling == {"status": "admitted"}
        await second.connect()
        await heard(second)
        assert await host.leave(ask) == {"status": "success"}
        await server.empty()
        assert await host.leave(ask) == {"status": "success"}


async def test_a_reconnecting_client_takes_over_its_own_place() -> None:
    async with echo() as server:
        first = await server.connected(SineTrack())
        waiting = {"webrtc_id": "somebody-else"}
        assert (await server.stream.host.wait_for_place(waiting))["position"] == 1
        again = server.client(SineTrack())
        await again.connect(replaces=first.webrtc_id)
        await heard(again)
        assert len(server.stream.host.registry.line) == 1
        await until(lambda: first.closed)


async def test_who_leaves_while_being_opened_keeps_no_place() -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow_provider() -> dict[str, Any]:
        asked.set()
        await go_on.wait()
        return {"iceServers": []}

    async with echo(server_rtc_configuration=slow_provider) as server:
        client = server.client(SineTrack())
        opening = asyncio.ensure_future(client.offer(await client.make_offer()))
        await asked.wait()
        leaving = asyncio.ensure_future(server.stream.host.leave({"webrtc_id": client.webrtc_id}))
        await asyncio.sleep(0)
        go_on.set()
        assert await leaving == {"status": "success"}
        assert len(server.stream.host.registry) == 0
        await asyncio.gather(opening, return_exceptions=True)
