"""The server at a real TURN server: relays over UDP and TCP, beside servers that are dead."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from gradio_webrtc.transports.ice.ice_servers import can_be_relay_only
from tests.support.coturn import Coturn, coturn
from tests.support.echo_server import echo, heard
from tests.support.recognisable_tracks import SineTrack

needs_policy = pytest.mark.skipif(not can_be_relay_only(), reason="aiortc 1.16, Python 3.11")


@pytest.fixture(scope="module")
def turn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Coturn]:
    with coturn(tmp_path_factory.mktemp("coturn")) as running:
        yield running


@pytest.fixture
def dead() -> Iterator[str]:
    """The address of a server that takes every packet and says nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{silent.getsockname()[1]}"


def kinds_in(answer: str) -> set[str]:
    """Return the types of the candidates in an answer."""
    lines = [line for line in answer.splitlines() if line.startswith("a=candidate")]
    return {line.split(" typ ")[1].split()[0] for line in lines}


@needs_policy
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_the_server_is_reached_through_its_relay_only(turn: Coturn, transport: str) -> None:
    configuration = turn.configuration(turn.url(transport), relay_only=True)
    async with echo(server_rtc_configuration=configuration) as server:
        client = server.client(SineTrack())
        sdp = await client.make_offer()
        answer = await client.offer(sdp)
        assert kinds_in(answer) == {"relay"}
        await client.take_answer(answer)
        await client.connected()
        await heard(client)


async def timed(configuration: dict[str, Any]) -> tuple[float, set[str]]:
    """Connect; return how long it took from the offer on, and the server's kinds of candidates."""
    async with echo(server_rtc_configuration=configuration) as server:
        client = server.client(SineTrack())
        sdp = await client.make_offer()
        began = time.monotonic()
        answer = await client.offer(sdp)
        await client.take_answer(answer)
        await client.connected()
        return time.monotonic() - began, kinds_in(answer)


@pytest.mark.serial
async def test_a_dead_server_beside_a_living_one_costs_at_most_a_second(
    turn: Coturn, dead: str
) -> None:
    living = turn.configuration()
    usual, kinds = await timed(living)
    assert kinds == {"host", "relay"}
    for configuration in (
        turn.configuration(f"turn:{dead}", turn.url()),
        {"iceServers": [{"urls": f"stun:{dead}"}, *living["iceServers"]]},
    ):
        took, kinds = await timed(configuration)
        assert kinds == {"host", "relay"}
        assert took - usual < 1.0


@pytest.mark.serial
async def test_a_refused_password_leaves_the_direct_way(
    turn: Coturn, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = {"urls": turn.url(), "username": "9999999999:me", "credential": "hunter2"}
    took, kinds = await timed({"iceServers": [wrong]})
    assert kinds == {"host"}
    assert took < 4.5  # who waits for an answer that does not come waits for five seconds
    [warning] = [each.getMessage() for each in caplog.records if "relay" in each.getMessage()]
    assert "401" in warning
    assert "hunter2" not in warning
