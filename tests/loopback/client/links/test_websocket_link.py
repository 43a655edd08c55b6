"""What only a call over a websocket has."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.client import NoPlaceError, RefusedError, connect
from gradio_webrtc.transports.websocket.audio_format import Encoding
from tests.loopback.client.test_call import Echo, tone, tone_of
from tests.support.client_server import address_of


@pytest.mark.parametrize(
    ("encoding", "rate"), [(None, 24_000), ("mulaw", 24_000), ("pcm16", 24_000), ("opus", 48_000)]
)
async def test_sound_goes_in_every_encoding(encoding: Encoding | None, rate: int):
    async with (
        address_of(Stream(Echo(), modality="audio")) as url,
        connect(f"{url}/websocket/offer", by="websocket", encoding=encoding) as call,
    ):
        call.play(tone(5.0))
        assert abs(await asyncio.wait_for(tone_of(call), 30) - 440) < 10
        assert call.audio.kept[0].sample_rate == rate


async def test_refusals_over_a_websocket_are_those_of_an_offer():
    full = Stream(Echo(), modality="audio", concurrency_limit=1)
    async with address_of(full) as url, connect(url, by="websocket"):
        with pytest.raises(NoPlaceError):
            async with connect(url, by="websocket"):
                pass
    async with address_of(Stream(lambda image: image, modality="video")) as url:
        with pytest.raises(RefusedError, match='by="webrtc"'):
            async with connect(url, by="websocket"):
                pass
