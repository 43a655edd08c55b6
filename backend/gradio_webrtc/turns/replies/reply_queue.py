"""The replies of one connection, one after the other: what is emitted, and what is dropped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.handlers.emit_pace import REST_S
from gradio_webrtc.handlers.emitted import Boundary, split_emitted
from gradio_webrtc.handlers.protocol import PlaybackControl
from gradio_webrtc.turns.replies.running_reply import RunningReply

logger = logging.getLogger(__name__)

MAX_RETIRED = 8
"""How many dropped replies may still compute; beyond that the oldest is freed by force."""


class ReplyQueueListener(Protocol):
    """Is told how far the current reply is."""

    def reply_sounded(self) -> None:
        """It has its first audio."""
        ...

    def reply_ended(self) -> None:
        """It has been played to its end."""
        ...


class ReplyQueue:
    """Gives the values of the current reply to one consumer.

    A value is checked when the consumer's task runs again, and goes from there to the wire without
    another turn of the event loop. So a reply that is dropped meanwhile, and the wire cleared after
    that, can leave nothing behind.

    Args:
        playback: what is played to the person.
        listener: is told what happens.
    """

    def __init__(self, playback: PlaybackControl, listener: ReplyQueueListener) -> None:
        self._playback = playback
        self._listener = listener
        self._current: RunningReply | None = None
        self._emitting: RunningReply | None = None
        """Whose value was emitted last."""
        self._sounded = False
        self._news = Wakeup()
        self._failure: Exception | None = None
        self._retired: dict[RunningReply, asyncio.Task[None]] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def fail(self, error: Exception) -> None:
        """Let ``emit`` raise what went wrong beside it; no reply is waited for any more."""
        self._failure = error
        self.drop()
        self._playback.release()
        self._news.set()

    def start(self, make: Callable[[], RunningReply]) -> RunningReply:
        """Begin the next reply; the one before must have ended or been dropped."""
        assert self._current is None
        self._current, self._sounded = make(), False
        self._news.set()
        return self._current

    def drop(self) -> None:
        """Close the current reply: nothing more of it comes, and what is queued is not played."""
        replying, self._current = self._current, None
        if replying is None:
            return
        replying.reply._end(interrupted=True)
        self.retire(replying)
        self._playback.clear()
        self._playback.release()
        self._news.set()

    async def emit(self) -> Any:
        """Wait for the next value of the current reply or of the next one.

        Raises:
            Exception: what the user's function raised.
        """
        while True:
            if self._failure is not None:
                raise self._failure
            replying = self._current
            if replying is None:
                await self._news.wait()
            elif replying.ended:
                await self._played(replying)
            else:
                value = await self._next(replying)
                if value is not None:
                    self._emitting = replying
                    return value

    def still_wanted(self, value: Any) -> Any:
        """Return what is left of the value that was emitted last: no audio if it was dropped."""
        return value if self._emitting is self._current else split_emitted(value).outputs

    async def aclose(self) -> None:
        """Close all replies, and free their threads. Idempotent."""
        current, self._current = self._current, None
        if current is not None:
            current.reply._end()
        still = [*self._retired, *([current] if current is not None else [])]
        await asyncio.gather(*(replying.aclose() for replying in still), *self._closing)

    async def _next(self, replying: RunningReply) -> Any:
        """Return the next value, ``None`` when there is none now."""
        try:
            value = await replying.take()
        except StopAsyncIteration:
            if self._current is not replying:
                return None
            replying.ended = True
            replying.reply._all_given()
            return Boundary()
        if self._current is not replying:
            return split_emitted(value).outputs  # these were said before the reply was dropped
        if value is None:
            await asyncio.sleep(REST_S)
        elif not self._sounded and split_emitted(value).media is not None:
            self._sounded = True
            self._listener.reply_sounded()
        return value

    async def _played(self, replying: RunningReply) -> None:
        """Wait until all of a reply that has ended has been heard."""
        await self._playback.drain()
        if self._current is replying:
            self._current = None
            replying.reply._end(whole=True)
            self.retire(replying)
            self._listener.reply_ended()

    def retire(self, replying: RunningReply) -> None:
        """Let the code of a reply come to its end, beside whatever comes next."""
        task = replying.retire()
        self._retired[replying] = task
        task.add_done_callback(lambda _: self._retired.pop(replying, None))
        if len(self._retired) > MAX_RETIRED:
            oldest = next(iter(self._retired))
            del self._retired[oldest]
            logger.warning("%d dropped replies still compute; one is freed", MAX_RETIRED)
            closing = asyncio.ensure_future(oldest.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
