"""Negotiation with a real peer: every order, and every way to get it wrong."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import aioice.mdns
import pytest

from gradio_webrtc.transports import peer_transport
from gradio_webrtc.transports.negotiation.candidates import MAX_CANDIDATES
from tests.support import sdp
from tests.support.client import candidates_of, without_candidates
from tests.support.echo_server import echo, heard, refusal
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.sessions import until


async def test_candidates_that_come_after_the_answer() -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        await client.connect(trickle=True)
        await heard(client)


async def test_candidates_that_overtake_their_offer() -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        offer = await client.make_offer()
        early = [
            asyncio.ensure_future(client.candidate(candidate))
            for candidate in [*candidates_of(offer), None]
        ]
        await asyncio.sleep(0)
        await client.take_answer(await client.offer(without_candidates(offer)))
        assert [await task for task in early] == [{"status": "success"}] * len(early)
        await client.connected()
        await heard(client)


async def test_candidates_that_come_while_the_offer_is_being_answered() -> None:
    asked = asyncio.Event()
    go_on = asyncio.Event()

    async def slow_provider() -> dict[str, Any]:
        asked.set()
        await go_on.wait()
        return {"iceServers": []}

    async with echo(server_rtc_configuration=slow_provider) as server:
        client = server.client(SineTrack())
        offer = await client.make_offer()
        answering = asyncio.ensure_future(client.offer(without_candidates(offer)))
        await asked.wait()
        early = [asyncio.ensure_future(client.candidate(c)) for c in candidates_of(offer)]
        await asyncio.sleep(0)
        go_on.set()
        await client.take_answer(await answering)
        await asyncio.gather(*early)
        await client.connected()
        await heard(client)


async def test_a_name_that_cannot_be_resolved_delays_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    async def never(self: object, hostname: str, timeout: float = 1.0) -> None:
        asked.append(hostname)
        await asyncio.Event().wait()

    monkeypatch.setattr(aioice.mdns.MDnsProtocol, "resolve", never)
    async with echo() as server:
        client = server.client(SineTrack())
        offer = await client.make_offer()
        named = "a=" + sdp.CANDIDATES["mdns"] + "\r\na=candidate:"
        offer = offer.replace("a=candidate:", named, 1)
        await client.take_answer(await asyncio.wait_for(client.offer(offer), 10))
        await client.candidate({"candidate": sdp.CANDIDATES["mdns"], "sdpMid": "0"})
        await client.connected()
        await heard(client)
        assert asked


@pytest.mark.parametrize("name", ["ipv6", "srflx", "relay", "tcp"])
async def test_candidates_nobody_answers_at_do_no_harm(name: str) -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        offer = await client.make_offer()
        await client.take_answer(await client.offer(offer))
        await client.candidate({"candidate": sdp.CANDIDATES[name], "sdpMid": "0"})
        await client.connected()
        await heard(client)


async def test_a_candidate_for_nobody() -> None:
    async with echo() as server:
        client = server.client(SineTrack())
        meta = await refusal(client.candidate({"candidate": sdp.CANDIDATES["host"], "sdpMid": "0"}))
        assert meta["error"] == "unknown_connection"


@pytest.mark.parametrize("section", ["7", "nobody", "x" * 500])
async def test_a_candidate_for_a_section_that_does_not_exist(
    section: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with echo() as server:
        client = await server.connected(SineTrack())
        await client.candidate({"candidate": sdp.CANDIDATES["host"], "sdpMid": section})
        await client.candidate({"candidate": sdp.CANDIDATES["host"], "sdpMLineIndex": 99})
        await heard(client)


async def test_far_too_many_candidates_are_refused_and_the_session_goes_on() -> None:
    async with echo() as server:
        client = await server.connected(SineTrack())
        candidate = {"candidate": sdp.CANDIDATES["host"], "sdpMid": "0"}
        for _ in range(MAX_CANDIDATES):
            await client.candidate(candidate)
        assert (await refusal(client.candidate(candidate)))["error"] == "too_many_candidates"
        before = client.heard
        await until(lambda: client.heard > before + 0.5)


async def test_a_candidate_after_the_end_hears_that_it_is_over() -> None:
    async with echo() as server:
        client = await server.connected(SineTrack())
        await client.close()
        await server.empty()
        meta = await refusal(client.candidate({"candidate": sdp.CANDIDATES["host"], "sdpMid": "0"}))
        assert meta["error"] == "connection_closed"


async def test_an_extra_track_is_refused() -> None:
    async with echo() as server:
        client = server.client([SineTrack(), NumberedTrack()])
        meta = await refusal(client.connect())
        assert meta["error"] == "unexpected_track"
        assert "video" in meta["message"]
        assert len(server.stream.host.registry) == 0


@pytest.mark.parametrize("extra", [NumberedTrack, SineTrack])
async def test_an_extra_track_is_ignored_where_that_is_allowed(extra: type[SineTrack]) -> None:
    async with echo(allow_extra_tracks=True) as server:
        client = await server.connected([SineTrack(), extra()])
        await heard(client)
        assert client.pictures == []
        assert "a=inactive" in client.pc.remoteDescription.sdp


async def test_a_stream_answers_what_it_does_not_carry_with_inactive() -> None:
    async with echo() as server:
        client = await server.connected(SineTrack(), receive=["video"])
        await heard(client)


async def test_a_client_without_a_control_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peer_transport, "OPENING_SECONDS", 600)
    async with echo() as server:
        client = await server.connected(SineTrack(), channel=False)
        await heard(client)
        session = server.session(client)
        # Nobody waits for a channel that was never announced.
        await asyncio.wait_for(session.aclose(), 60)


async def test_the_wrong_modality_is_refused() -> None:
    async with echo() as server:
        meta = await refusal(server.client(NumberedTrack()).connect())
        assert meta["error"] == "invalid_offer"
        assert "no audio" in meta["message"]


@pytest.mark.parametrize("seed", range(4))
async def test_damaged_offers_are_answered_or_refused_and_leave_nothing(seed: int) -> None:
    dice = random.Random(seed)
    async with echo(concurrency_limit=None) as server:
        client = server.client(SineTrack())
        lines = (await client.make_offer()).splitlines()
        for number in range(12):
            damaged = list(lines)
            for _ in range(dice.randint(1, 4)):
                at = dice.randrange(len(damaged))
                damaged[at : at + 1] = dice.choice(
                    [[], [damaged[at]] * 2, [damaged[at][: dice.randrange(20)]], ["a=mid:9"]]
                )
            body = {"type": "offer", "webrtc_id": f"n{number}", "sdp": "\r\n".join(damaged)}
            answer = await server.signal(body)
            code = answer.get("meta", {}).get("error")
            assert answer.get("type") == "answer" or code in (
                "invalid_offer",
                "unexpected_track",
            ), (answer, damaged)
        await server.stream.host.aclose()
        assert len(server.stream.host.registry) == 0


@pytest.mark.parametrize("kind", ["dict", "function", "coroutine"])
async def test_ice_servers_of_the_server_from_every_source(kind: str) -> None:
    calls = 0
    configuration: dict[str, Any] = {"iceServers": []}

    def function() -> dict[str, Any]:
        nonlocal calls
        calls += 1
        return configuration

    async def coroutine() -> dict[str, Any]:
        return function()

    source = {"dict": configuration, "function": function, "coroutine": coroutine}[kind]
    async with echo(server_rtc_configuration=source, concurrency_limit=None) as server:
        for _ in range(2):
            await heard(await server.connected(SineTrack()))
    assert calls == (0 if kind == "dict" else 2)


async def test_a_failing_provider_is_told_without_its_secrets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def wrong() -> dict[str, Any]:
        return {"iceServers": [{"username": "me", "credential": "secret"}]}

    async with echo(server_rtc_configuration=wrong) as server:
        meta = await refusal(server.client(SineTrack()).connect())
        assert meta["error"] == "configuration_error"
        assert "secret" not in str(meta) + caplog.text
        # The place is free again.
        server.stream.host.settings.server_rtc_configuration = None
        await heard(await server.connected(SineTrack()))
