"""Who waits for what was to be said."""

from __future__ import annotations

import asyncio

import pytest

from gradio_webrtc import ConfigurationError, SpeechHandle, SpeechResult


def test_on_a_thread():
    cancelled: list[SpeechHandle] = []
    handle = SpeechHandle(cancelled.append)
    with pytest.raises(TimeoutError, match="not over yet"):
        handle.result(0.01)
    handle.cancel()
    assert cancelled == [handle]
    handle._settle(SpeechResult("played", 1.0))
    handle._settle(ValueError("too late"))
    handle.cancel()
    assert cancelled == [handle]
    assert handle.ended
    assert handle.result().heard_s == 1.0
    failed = SpeechHandle(cancelled.append)
    failed._settle(TimeoutError("the voice's own"))
    with pytest.raises(TimeoutError, match="own"):
        failed.result()


async def test_in_async_code_several_may_wait_and_one_give_up():
    handle = SpeechHandle(lambda _: None)

    async def wait() -> SpeechResult:
        return await handle

    waiting = [asyncio.ensure_future(wait()) for _ in range(2)]
    with pytest.raises(ConfigurationError, match="await handle"):
        handle.result()
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    handle._settle(SpeechResult("dropped", reason="cancelled"))
    assert (await waiting[1]).reason == "cancelled"
    assert (await handle).outcome == "dropped"
    assert handle.result().outcome == "dropped"
