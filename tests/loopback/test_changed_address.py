"""A client whose address changes, as behind a NAT that forgets: the session goes on."""

from __future__ import annotations

from typing import Any

import pytest
from aioice import ice

from gradio_webrtc import Stream
from gradio_webrtc.transports.aiortc_internals import consent
from tests.loopback.test_bad_network import goes_on
from tests.support.audio_video_echo import AsyncEcho
from tests.support.network_model import Network
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.udp_proxy import BadNetwork


async def test_sound_and_pictures_go_to_where_the_client_is_now(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ice, "CONSENT_INTERVAL", 0.5)  # the client's
    monkeypatch.setattr(consent, "INTERVAL_SECONDS", 0.5)
    network = BadNetwork(Network())
    async with Served(Stream(AsyncEcho(), modality="audio-video")) as server:
        client = server.clients.add(
            network.between(server.signal), send=[SineTrack(), NumberedTrack()]
        )
        nominating(client.pc)
        await client.connect(trickle=True)
        await until(lambda: goes_on(client))
        session = server.session(client)
        before = network.down.sent
        await network.move()
        # What goes to the old port does not count: the server sends to the new one.
        await until(lambda: network.down.sent > before + 200)
        await until(lambda: goes_on(client))
        assert server.session(client) is session
        assert network.connections == 1
        assert session.ending is None
    network.close()


def nominating(pc: Any) -> None:
    """Name the path in use in each check, as browsers do; aioice does so once."""
    for transceiver in pc.getTransceivers():
        agent = transceiver.sender.transport.transport._connection
        build = agent.build_request
        agent.build_request = lambda pair, nominate, build=build: build(pair, True)
