"""The sessions of one stream: what the app may do to them, and their end."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import UnknownConnectionError
from gradio_webrtc.server.hosted_sessions import HostedSessions


def hosted() -> HostedSessions:
    return Stream(lambda image: image, modality="video").host


async def test_without_a_session_nobody_is_in_and_nobody_is_ended() -> None:
    sessions = hosted()
    assert not sessions.occupied()
    assert sessions.end_all("bye") == 0
    sessions.close_stream("gone")
    sessions.close_stream(None)


async def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(UnknownConnectionError, match="There is no connection"):
        hosted().set_input("gone", [1])


async def test_all_end_as_soon_as_the_server_says_that_it_stops() -> None:
    sessions, stopping, ended = hosted(), asyncio.Event(), asyncio.Event()

    async def aclose() -> None:
        ended.set()

    sessions.aclose = aclose  # type: ignore[method-assign]
    sessions.close_with(stopping)
    sessions.close_with(stopping)
    await asyncio.sleep(0)
    assert not ended.is_set()
    stopping.set()
    await asyncio.wait_for(ended.wait(), 1)


async def test_who_ends_the_sessions_tells_the_servers_other_requests() -> None:
    sessions, stopping = hosted(), asyncio.Event()
    sessions.close_with(stopping)
    await asyncio.gather(sessions.stop_serving(), sessions.stop_serving())
    assert stopping.is_set()
    await asyncio.sleep(0)
