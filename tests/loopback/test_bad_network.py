"""Sound and pictures go both ways through a relay that loses, delays and reorders packets."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from aioice import ice

from gradio_webrtc import Stream
from gradio_webrtc.transports.aiortc_internals import consent
from gradio_webrtc.transports.aiortc_internals.consent import keep_consent
from tests.support.audio_video_echo import AsyncEcho
from tests.support.client import LoopbackClient
from tests.support.echo_handlers import AsyncEchoHandler
from tests.support.network_model import Network
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until
from tests.support.udp_proxy import BadNetwork

BAD = Network(loss=0.05, burst=2, delay=0.01, jitter=0.01, reorder=0.02, duplicates=0.02)


def goes_on(client: LoopbackClient) -> bool:
    """Return whether pictures and loud sound have come since the last second."""
    now = asyncio.get_running_loop().time()
    return bool(client.pictures) and min(client.pictures[-1][0], client.last_loud) > now - 0.5


def pitch(client: LoopbackClient) -> float:
    """Return the strongest frequency of the last half second, in Hz."""
    sound = client.sound(0.5).astype(float)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size)))
    return float(np.argmax(spectrum)) * 48_000 / sound.size


async def test_a_conversation_goes_on_through_losses_and_an_outage() -> None:
    network = BadNetwork(BAD)
    async with Served(Stream(AsyncEcho(), modality="audio-video")) as server:
        client = server.clients.add(
            network.between(server.signal), send=[SineTrack(), NumberedTrack()]
        )
        await client.connect(trickle=True)
        await until(lambda: len(client.pictures) > 30 and client.heard > 2)
        session = server.session(client)
        for link in (network.up, network.down):
            assert link.sent > 100
            assert link.lost > 0
        network.cut(True)
        await until(lambda: not goes_on(client))
        came = len(client.pictures)
        network.cut(False)
        await until(lambda: len(client.pictures) > came + 30 and goes_on(client))
        assert server.session(client) is session
        assert network.connections == 1
        await until(lambda: abs(pitch(client) - 440.0) < 10.0)
    network.close()


async def test_answers_that_take_longer_than_aioice_waits_for_end_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """aioice counts a check of consent as failed after half a second; six of them are the end."""
    monkeypatch.setattr(consent, "INTERVAL_SECONDS", 0.2)
    monkeypatch.setattr(consent, "EXPIRES_SECONDS", 3.0)
    monkeypatch.setattr(ice, "CONSENT_INTERVAL", 0.2)
    network = BadNetwork(Network(delay=0.4))
    async with Served(Stream(AsyncEchoHandler(), modality="audio")) as server:
        client = server.clients.add(network.between(server.signal), send=[SineTrack()])
        for transceiver in client.pc.getTransceivers():
            keep_consent(transceiver.sender.transport.transport)
        await client.connect(trickle=True)
        await until(lambda: client.heard > 8, 60)
        assert server.session(client).ending is None
    network.close()
