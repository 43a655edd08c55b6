"""Who opens a socket and says nothing, on the virtual clock."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.errors import NotStartedError
from gradio_webrtc.transports.sockets.start_deadline import START_SECONDS, started

pytestmark = pytest.mark.looptime


async def said_after(seconds: float, ended: list[str]) -> str:
    try:
        await asyncio.sleep(seconds)
        return "start"
    finally:
        ended.append("read")


async def test_what_comes_in_time_is_returned() -> None:
    assert await started(said_after(START_SECONDS - 1, []), "Nothing came") == "start"


async def test_what_comes_late_is_not_waited_for() -> None:
    ended: list[str] = []
    with pytest.raises(NotStartedError, match=r"^Nothing came within 10 seconds\."):
        await started(said_after(START_SECONDS + 1, ended), "Nothing came")
    assert asyncio.get_running_loop().time() == pytest.approx(START_SECONDS)
    assert ended == ["read"]


async def test_reading_ends_with_whoever_waits_for_it() -> None:
    ended: list[str] = []
    waiting = asyncio.ensure_future(started(said_after(5, ended), "Nothing came"))
    await asyncio.sleep(1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == ["read"]
