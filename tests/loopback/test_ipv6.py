"""Sound and pictures over IPv6 alone."""

from __future__ import annotations

import socket

import pytest
from aioice import ice

from gradio_webrtc import Stream
from tests.support.audio_video_echo import AsyncEcho
from tests.support.client import candidates_of
from tests.support.recognisable_tracks import NumberedTrack, SineTrack
from tests.support.serving import Served
from tests.support.sessions import until


def has_ipv6() -> bool:
    """Return whether this machine has a loopback address of IPv6; some containers have none."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_a_client_with_no_other_addresses_is_heard_and_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["::1"])
    async with Served(Stream(AsyncEcho(), modality="audio-video")) as server:
        client = server.client([SineTrack(), NumberedTrack()])
        sdp = await client.make_offer()
        answer = await client.offer(sdp)
        for side in (sdp, answer):
            candidates = [each["candidate"] for each in candidates_of(side)]
            assert candidates
            assert all(" ::1 " in each for each in candidates)
        await client.take_answer(answer)
        await client.connected()
        await until(lambda: len(client.pictures) > 10 and client.last_loud > 0)
