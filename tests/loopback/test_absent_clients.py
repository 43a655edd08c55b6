"""Offers that nobody follows up: what they hold, and what counts as a sign of life."""

from __future__ import annotations

from gradio_webrtc import Stream
from gradio_webrtc.session.state import CloseReason, SessionState
from tests.support.client import without_candidates
from tests.support.echo_handlers import EchoHandler
from tests.support.echo_server import heard, refusal
from tests.support.recognisable_tracks import SineTrack
from tests.support.serving import Served
from tests.support.sessions import until


def served(**limits: float) -> Served:
    return Served(Stream(EchoHandler(), modality="audio"), **limits)


async def test_an_offer_that_never_connects_loses_its_place_to_who_comes_next() -> None:
    async with served(first_sign=60, first_sign_wanted=2.0) as server:
        ghost, honest = server.client(SineTrack()), server.client(SineTrack())
        await ghost.offer(without_candidates(await ghost.make_offer()))
        session = server.session(ghost)
        offer = await honest.make_offer()
        assert (await refusal(honest.offer(offer)))["error"] == "concurrency_limit_reached"
        await server.empty()
        assert session.ending is not None
        assert session.ending.reason is CloseReason.CONNECT_TIMEOUT
        await honest.take_answer(await honest.offer(offer))
        await honest.connected()
        await heard(honest)


async def test_an_ice_check_is_a_sign_of_life() -> None:
    async with served(first_sign=60) as server:
        client = server.client(SineTrack())
        answer = await client.offer(await client.make_offer())
        session = server.session(client)
        told: list[SessionState] = []
        seen = session.first_sign.seen
        session.first_sign.seen = lambda: (told.append(session.state), seen())[1]  # type: ignore[method-assign]
        await client.take_answer(answer)
        await until(lambda: told)
        # Before ICE and DTLS are through, which may take long where this did not.
        assert told[0] is SessionState.CONNECTING
        await client.connected()


async def test_a_trickled_candidate_is_a_sign_of_life() -> None:
    async with served(first_sign=2.0) as server:
        client, silent = server.client(SineTrack()), server.client(SineTrack())
        for each in (client, silent):
            server.stream.host.registry.limit = 2
            await each.offer(without_candidates(await each.make_offer()))
        session = server.session(client)
        # An address that answers nothing, as of a path that is slow.
        candidate = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host"
        await client.candidate({"candidate": candidate, "sdpMid": "0"})
        await until(lambda: len(server.stream.host.registry) == 1)
        assert session.state is SessionState.CONNECTING
