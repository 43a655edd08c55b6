"""Real connections on a few ports: they stay there, the next is told, and places come back."""

from __future__ import annotations

import re

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.transports.ice.udp_ports import ADDRESS, PORTS
from tests.support.client import RefusedError
from tests.support.echo_handlers import EchoHandler
from tests.support.recognisable_tracks import SineTrack
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.udp_ports import free_udp_ports


async def test_sessions_keep_to_their_ports_and_the_next_client_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    low = free_udp_ports(2)
    monkeypatch.setenv(PORTS, f"{low}-{low + 1}")
    monkeypatch.setenv(ADDRESS, "203.0.113.7")
    stream = Stream(EchoHandler(), modality="audio", concurrency_limit=None)
    monkeypatch.delenv(PORTS)
    async with Served(stream) as server:
        one, other = server.client(SineTrack()), server.client(SineTrack())
        used = set()
        for client in (one, other):
            answer = await client.offer(await client.make_offer())
            candidates = re.findall(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+)", answer)
            ports = {int(port) for _, port in candidates}
            assert len(ports) == 1, "one port for a session"
            assert "203.0.113.7" in {host for host, _ in candidates}
            used |= ports
            await client.take_answer(answer)
            await client.connected()
        assert used == {low, low + 1}
        third = server.client(SineTrack())
        offer = await third.make_offer()
        with pytest.raises(RefusedError) as caught:
            await third.offer(offer)
        assert caught.value.meta["error"] == "server_full"
        await until(lambda: one.heard > 0.2 and other.heard > 0.2, 30)
        await until(lambda: len(stream.host.registry) == 2, 30)
        await one.close()
        await until(lambda: len(stream.host.registry) == 1, 30)
        await server.connected(SineTrack())
