"""What is emitted is of the reply that goes on now, to the turn of the event loop."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.turns.replies.current_reply import Reply
from gradio_webrtc.turns.replies.reply_queue import ReplyQueue

CHUNK = (48_000, np.zeros(960, np.int16))


class Playback:
    """Counts what is dropped."""

    cleared = released = 0

    def clear(self) -> None:
        self.cleared += 1

    def release(self) -> None:
        self.released += 1

    async def drain(self) -> None:
        """Everything has been played."""


class OneValue:
    """A reply whose value comes when the test says."""

    def __init__(self) -> None:
        self.reply = Reply(lambda: 0.0)
        self.ended = False
        self.value: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def take(self) -> Any:
        return await self.value

    def retire(self) -> asyncio.Task[None]:
        return asyncio.ensure_future(asyncio.sleep(0))


class Nobody:
    def reply_sounded(self) -> None:
        """Not asked here."""

    def reply_ended(self) -> None:
        """Not asked here."""


@pytest.mark.parametrize("side", [None, AdditionalOutputs("said")])
async def test_a_value_that_is_there_when_its_reply_is_dropped(side: Any) -> None:
    playback = Playback()
    replies = ReplyQueue(playback, Nobody())  # type: ignore[arg-type] # as much of it as it needs
    first, second = OneValue(), OneValue()
    replies.start(lambda: first)  # type: ignore[arg-type, return-value] # as much of a reply
    emitting = asyncio.ensure_future(replies.emit())
    await asyncio.sleep(0)
    first.value.set_result(CHUNK if side is None else (CHUNK, side))
    replies.drop()
    replies.start(lambda: second)  # type: ignore[arg-type, return-value] # as above
    for _ in range(5):
        await asyncio.sleep(0)
    if side is not None:  # what was said beside the sound is not lost
        assert emitting.result() is side
        return
    assert not emitting.done()
    second.value.set_result(CHUNK)
    assert await emitting is CHUNK
    assert (playback.cleared, playback.released) == (1, 1)
    assert first.reply.interrupted
    assert not second.reply.interrupted
