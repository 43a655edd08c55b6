"""A client of which nothing is heard is noticed in time, whatever came before."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc.concurrency.silence import Silence

pytestmark = pytest.mark.looptime


def watching(limit: float = 15) -> tuple[Silence, list[float]]:
    loop = asyncio.get_running_loop()
    expired: list[float] = []
    return Silence(loop, limit, lambda: expired.append(loop.time())), expired


async def test_nothing_is_expected_before_it_is_watched() -> None:
    silence, expired = watching()
    silence.heard()
    await asyncio.sleep(100)
    assert expired == []


async def test_it_expires_once_so_long_after_the_last_sign() -> None:
    silence, expired = watching()
    silence.watch()
    for _ in range(5):
        silence.heard()
        silence.watch()
        await asyncio.sleep(14)
    await asyncio.sleep(100)
    assert expired == [pytest.approx(4 * 14 + 15, abs=0.1)]
    silence.watch()
    await asyncio.sleep(100)
    assert len(expired) == 1


async def test_cancelled_it_never_expires() -> None:
    silence, expired = watching()
    silence.watch()
    silence.cancel()
    silence.cancel()
    silence.watch()
    await asyncio.sleep(100)
    assert expired == []
