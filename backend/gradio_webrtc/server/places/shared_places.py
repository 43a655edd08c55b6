"""Places that several processes share: taken before a session is made, renewed while it lives.

When Redis does not answer, each process goes on with its own limit: a server that lets nobody in
because its counter is gone would be worse than one that lets some more in.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.server.operation.process_id import process_id
from gradio_webrtc.server.places.redis_leases import RedisLeases, check_redis
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason

logger = logging.getLogger(__name__)

T = TypeVar("T")

VARIABLE = "GRADIO_WEBRTC_REDIS_URL"
"""Environment variable with the address of Redis; empty for places of each process's own."""

RENEWALS = 3
"""How often a lease is renewed while it would last."""


def redis_url() -> str | None:
    """Return what the environment says.

    Raises:
        ConfigurationError: it names a Redis, and the extra is not installed.
    """
    url = os.environ.get(VARIABLE, "").strip()
    if url:
        check_redis()
    return url or None


class SharedPlaces:
    """One stream's places in all processes, as this one knows them. Belongs to the event loop.

    Args:
        leases: where they are kept.
        admit: lets in whoever waits; called when a place may have become free.

    Attributes:
        full: whether there was no place when one was asked for last.
    """

    def __init__(self, leases: RedisLeases, admit: Callable[[], None]) -> None:
        self.full = False
        self._leases = leases
        self._admit = admit
        self._held: set[str] = set()
        self._releasing: set[asyncio.Task[None]] = set()
        self._renewing: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._silent = False

    async def take(self, webrtc_id: str, old_id: str | None, limit: int) -> bool:
        """Take a place for a session, or that of the session it replaces.

        Returns:
            Whether there was one; also when Redis does not answer.
        """
        member, old = _member(webrtc_id), "" if old_id is None else _member(old_id)
        taken = await self._asked(self._leases.take(member, old, limit), default=True)
        if not taken:
            self.full = True
            self._watch(limit)
            return False
        self._held.add(member)
        self._held.discard(old)
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.get_running_loop().create_task(self._renew())
        return True

    def give_back(self, webrtc_id: str) -> None:
        """Free the place of a session that is over, or never was. Idempotent."""
        member = _member(webrtc_id)
        if member in self._held:
            self._held.discard(member)
            self._release(member)

    def session_over(self, session: Session) -> None:
        """Free the place of a session, unless another one takes it over."""
        if session.ending is not None and session.ending.reason is CloseReason.REPLACED:
            self._held.discard(_member(session.webrtc_id))
        else:
            self.give_back(session.webrtc_id)

    async def aclose(self) -> None:
        """Give all back and stop. Whoever takes one again begins anew."""
        for task in (self._renewing, self._watching):
            if task is not None:
                await cancel_and_wait(task)
        for member in self._held:
            self._release(member)
        self._held.clear()
        if self._releasing:
            await asyncio.wait(self._releasing)  # each is over when Redis does not answer in time
        await self._asked(self._leases.aclose(), default=None)
        self.full = False

    def _watch(self, limit: int) -> None:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.get_running_loop().create_task(self._until_free(limit))

    async def _until_free(self, limit: int) -> None:
        """Wait for a place that is given back, or whose process is dead, then let people in."""

        async def wait() -> None:
            async with self._leases.listening() as freed:
                while True:
                    held, left = await self._leases.look()
                    if held < limit:
                        return
                    await freed(max(left, 0.0) + 0.05)

        await self._asked(wait(), default=None)
        self.full = False
        self._admit()

    async def _renew(self) -> None:
        while self._held:
            await asyncio.sleep(self._leases.lease_s / RENEWALS)
            if self._held:
                await self._asked(self._leases.renew(list(self._held)), default=None)

    def _release(self, member: str) -> None:
        work = self._asked(self._leases.release(member), default=None)
        task = asyncio.get_running_loop().create_task(work)
        self._releasing.add(task)
        task.add_done_callback(self._releasing.discard)

    async def _asked(self, work: Awaitable[T], default: T) -> T:
        """Return what Redis says, or ``default``; the log has the first of several failures."""
        from redis.exceptions import RedisError

        try:
            answer = await work
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            if not self._silent:
                text = "Redis does not answer; each process goes on with its own limit: %s: %s"
                logger.error(text, type(error).__name__, error)
            self._silent = True
            return default
        if self._silent:
            logger.info("Redis answers again")
        self._silent = False
        return answer


def _member(webrtc_id: str) -> str:
    """Return a session's name among those of all processes."""
    return f"{process_id()}:{webrtc_id}"
