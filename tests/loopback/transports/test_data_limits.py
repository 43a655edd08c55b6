"""Clients that overdo it on their data channels: others and the event loop notice nothing."""

from __future__ import annotations

import logging

import pytest

from gradio_webrtc.transports import data_limits
from gradio_webrtc.transports.peer_transport import PeerTransport
from tests.support.client import LoopbackClient
from tests.support.echo_server import echo, heard
from tests.support.recognisable_tracks import SineTrack
from tests.support.serving import Served
from tests.support.sessions import until


def limits_of(server: Served, client: LoopbackClient) -> data_limits.DataLimits:
    transport = server.session(client).transport
    assert isinstance(transport, PeerTransport)
    assert transport._data_limits is not None
    return transport._data_limits


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and record.name.startswith("gradio_webrtc")
    ]


async def test_a_flood_of_messages_is_told_once_and_dropped_unread(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_limits, "BYTES_AT_ONCE", 40_000)
    async with echo() as server:
        client = await server.connected(SineTrack())
        limits = limits_of(server, client)
        for _ in range(12):
            client.say('{"type":"ping","data":"' + "x" * 16_000 + '"}')
        await client.message("warning")
        await until(lambda: limits.dropped > 10)
        before = client.heard
        await until(lambda: client.heard > before + 0.5)
        assert len(client.messages) == 1
        assert "too fast" in client.messages[0]["data"]
        # A client that keeps to the protocol is slowed down, and its messages come in the end.
        client.say('{"type":"end_stream","data":""}')
        await server.empty()
    assert len(warnings(caplog)) == 1


async def test_many_small_messages_are_ignored_unparsed(caplog: pytest.LogCaptureFixture) -> None:
    async with echo() as server:
        client = await server.connected(SineTrack())
        session = server.session(client)
        for _ in range(300):
            client.say('{"type":"ping","data":""}')
        await until(lambda: session._control.refused > 100)
        warning = await client.message("warning")
        assert "too soon" in warning["data"]
        assert len(client.messages) == 1
    assert len(warnings(caplog)) == 1


async def test_extra_channels_are_closed_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    async with echo() as server:
        client = await server.connected(SineTrack())
        extra = [client.pc.createDataChannel(f"extra {number}") for number in range(4)]
        await until(lambda: all(channel.readyState == "closed" for channel in extra))
        sctp = limits_of(server, client)._sctp
        await until(lambda: len(sctp._data_channels) == 1)
        client.say("nonsense")  # the first channel works as before
        assert (await client.message("warning"))["data"].startswith("A control message must be")
    assert [text for text in warnings(caplog) if "data channel" in text] == [
        "a client opened a second data channel; it is closed"
    ]


async def test_a_client_that_goes_on_opening_channels_is_not_listened_to(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with echo() as server:
        client = await server.connected(SineTrack())
        for number in range(200):
            client.pc.createDataChannel(f"extra {number}")
        warning = await client.message("warning")
        assert "ignored from now on" in warning["data"]
        limits = limits_of(server, client)
        assert len(limits._sctp._data_channels) < 40
        await until(lambda: limits.dropped > 20)
        await heard(client)
    assert len(warnings(caplog)) == 2


async def test_a_message_without_an_end_is_not_kept(caplog: pytest.LogCaptureFixture) -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        answer = await client.offer(await client.make_offer())
        await client.take_answer(answer)
        await client.connected()
        limits = limits_of(server, client)
        # As a client that obeys no announced limit.
        client.pc.sctp._remote_max_message_size = 0  # type: ignore[union-attr]
        assert "a=max-message-size:65536" in answer
        client.say("x" * 400_000)
        warning = await client.message("warning")
        assert "endless" in warning["data"]
        kept = sum(
            len(chunk.user_data)
            for stream in limits._sctp._inbound_streams.values()
            for chunk in stream.reassembly
        )
        assert kept <= data_limits.MAX_UNFINISHED_BYTES + 1500
        before = client.heard
        await until(lambda: client.heard > before + 0.5)
    assert len(warnings(caplog)) == 1
