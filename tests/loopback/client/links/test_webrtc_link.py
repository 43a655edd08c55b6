"""What only a call by WebRTC has."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.client import connect
from gradio_webrtc.errors import ConfigurationError
from tests.loopback.client.test_call import Echo, tone, tone_of
from tests.support.client_server import address_of


async def test_candidates_trickle_where_a_server_has_to_be_asked_for_them():
    """The STUN server is one that never answers: the call does not wait for it."""
    configuration = {"iceServers": [{"urls": "stun:127.0.0.1:9"}]}
    async with (
        address_of(Stream(Echo(), modality="audio")) as url,
        connect(url, audio=tone(5.0), rtc_configuration=configuration) as call,
    ):
        assert abs(await asyncio.wait_for(tone_of(call), 30) - 440) < 10


async def test_codecs_are_chosen_and_unknown_ones_told():
    async with address_of(Stream(Echo(), modality="audio")) as url:
        async with connect(url, audio=tone(5.0), codecs=["audio/PCMU"]) as call:
            assert abs(await asyncio.wait_for(tone_of(call), 30) - 440) < 10
            assert call.audio.kept[0].sample_rate == 8_000
        with pytest.raises(ConfigurationError, match="audio/opus"):
            async with connect(url, codecs=["audio/mp3"]):
                pass
