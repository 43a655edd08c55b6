"""After an outage of the network all goes on: `proof/outage.py` measures how soon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradio_webrtc import Stream
from gradio_webrtc.media.video import vp8
from tests.support.echo_handlers import AsyncEchoHandler
from tests.support.outage import DetailedTrack, Outage, seconds_until_video, steady
from tests.support.recognisable_tracks import VoiceTrack, number_of
from tests.support.serving import Served
from tests.support.sessions import until

SECONDS = 3.0


@pytest.mark.serial  # measures how soon
@pytest.mark.parametrize("direction", ["to the server", "both"])
async def test_video_is_back_soon(direction: str) -> None:
    track = DetailedTrack()
    async with Served(Stream(lambda frame: frame)) as server:
        client = server.client(track)
        steady(client)
        await client.connect()
        await until(lambda: len(client.pictures) > 30)
        with Outage(client, direction):
            await asyncio.sleep(SECONDS)
            assert asyncio.get_running_loop().time() - client.pictures[-1][0] > SECONDS - 1
        took = await seconds_until_video(client)
        assert took < 3.0  # a second where nothing else runs; without a new key frame, never
        # It is live, too: what is shown was sent just now.
        await until(lambda: number_of(client.pictures[-1][1]) > track.sent - 15)
        assert server.session(client).ending is None


@pytest.mark.serial
async def test_the_server_sends_a_key_frame_for_what_it_cannot_send_again() -> None:
    """A browser reports the packets of the outage as lost; of those, none are kept so long."""
    async with Served(Stream(lambda frame: frame)) as server:
        client = server.client(DetailedTrack())
        steady(client)
        await client.connect()
        await until(lambda: len(client.pictures) > 30)
        receiver: Any = client.pc.getTransceivers()[0].receiver
        handle, key_frames, loop = receiver._handle_rtp_packet, [], asyncio.get_running_loop()

        async def watch(packet: Any, **more: Any) -> None:
            if packet.payload and vp8.depacketise(packet.payload)[1]:
                key_frames.append(loop.time())
            await handle(packet, **more)

        receiver._handle_rtp_packet = watch
        with Outage(client, "from the server"):
            await asyncio.sleep(SECONDS)
            assert not key_frames
        back = loop.time()
        await until(lambda: key_frames)
        assert key_frames[0] - back < 3.0


async def still() -> AsyncIterator[NDArray[np.uint8]]:
    for _ in range(5):
        yield np.full((120, 160, 3), 90, np.uint8)
    await asyncio.Event().wait()


async def test_a_picture_that_stands_still_is_sent_again_to_who_missed_it() -> None:
    """The key frame that is asked for is made of the last picture when there is no new one."""
    async with Served(Stream(still, mode="receive")) as server:
        client = await server.connected(receive=["video"])
        await until(lambda: client.pictures)
        await asyncio.sleep(0.5)
        before = len(client.pictures)
        receiver = client.pc.getTransceivers()[0].receiver
        (source,) = [each.source for each in receiver.getSynchronizationSources()]
        await receiver._send_rtcp_pli(source)
        # aiortc shows a picture when the next one begins, which is the one that was sent again.
        await until(lambda: len(client.pictures) > before)


async def test_an_echo_of_what_an_outage_held_up_is_prompt_again() -> None:
    """What was lost is filled in at once when the network is back, and waits to be played."""
    async with Served(Stream(AsyncEchoHandler(), modality="audio")) as server:
        client = await server.connected(send=[VoiceTrack()])
        await until(lambda: client.heard > 1)
        session = server.session(client)
        queue = session.user_code().queue

        def late() -> float:
            return session.transport.playback.queued_s + 0.02 * queue.qsize()

        assert late() < 0.2
        with Outage(client, "to the server"):
            await asyncio.sleep(0.9)
        await until(lambda: late() > 0.6)
        await until(lambda: late() < 0.15, 20)
