"""Places as leases in Redis: who holds one renews it, and a dead process's run out by themselves.

One sorted set for each stream: its members are sessions, their scores when the lease runs out, by
the clock of Redis, which is the same for all. Each step is a script: nobody gets between its parts.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from gradio_webrtc.errors import ConfigurationError

if TYPE_CHECKING:
    from redis.asyncio import Redis

LEASE_SECONDS = 15.0
"""After so long without its process a session's place is free: three renewals may be lost."""

ANSWER_SECONDS = 1.0
"""How long Redis may take; a client waits for it with its offer."""

INSTALL = 'sharing places by Redis needs a package: pip install "gradio_webrtc[redis]"'

_NOW = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
"""

_TAKE = f"""{_NOW}
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if redis.call('ZREM', KEYS[1], ARGV[2]) == 1 then held = true end
if not held and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[4]), ARGV[1])
return 1
"""

_RENEW = f"""{_NOW}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), ARGV[i]) end
"""

_RELEASE = """
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('PUBLISH', KEYS[1], 'free') end
"""

_LOOK = f"""{_NOW}
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local left = first[2] and tonumber(first[2]) - now or 0
return {{redis.call('ZCARD', KEYS[1]), tostring(left)}}
"""


def check_redis() -> None:
    """Check that Redis can be asked.

    Raises:
        ConfigurationError: the extra is not installed; the text has the command.
    """
    try:
        import redis.asyncio  # noqa: F401 - an extra
    except ImportError:
        raise ConfigurationError(INSTALL) from None


class RedisLeases:
    """The places of one stream. Belongs to one event loop at a time.

    Every method raises what its client does, ``redis.RedisError`` or ``OSError``, when Redis does
    not answer.

    Args:
        url: of Redis, such as ``redis://127.0.0.1:6379/0``.
        name: of the stream, the same in every process.
        lease_s: seconds for which a place is held without being renewed.
    """

    def __init__(self, url: str, name: str, lease_s: float = LEASE_SECONDS) -> None:
        self.lease_s = lease_s
        self._url = url
        self._key = f"gradio_webrtc:places:{name}"
        self._redis: Redis | None = None

    async def take(self, member: str, old: str, limit: int) -> bool:
        """Take a place for ``member``, or that of ``old``; return whether there was one."""
        return bool(await self._run(_TAKE, member, old, limit, self.lease_s))

    async def renew(self, members: Iterable[str]) -> None:
        """Hold the places of ``members`` on, or again."""
        await self._run(_RENEW, self.lease_s, *members)

    async def release(self, member: str) -> None:
        """Give a place back, and tell whoever listens."""
        await self._run(_RELEASE, member)

    async def look(self) -> tuple[int, float]:
        """Return how many places are held, and seconds until the next one may run out."""
        held, left = await self._run(_LOOK)
        return int(held), float(left)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Callable[[float], Awaitable[object]]]:
        """Listen in this block; waits, at most so many seconds, until a place was given back."""
        async with self._client().pubsub() as news:
            await news.subscribe(self._key)

            async def wait(seconds: float) -> object:
                return await news.get_message(ignore_subscribe_messages=True, timeout=seconds)

            yield wait

    async def aclose(self) -> None:
        """Close the connection; whoever asks again opens another. Idempotent."""
        client, self._redis = self._redis, None
        if client is not None:
            await client.aclose()

    async def _run(self, script: str, *args: str | float) -> Any:
        return await cast("Awaitable[Any]", self._client().eval(script, 1, self._key, *args))

    def _client(self) -> Redis:
        if self._redis is None:
            from redis.asyncio import Redis

            self._redis = Redis.from_url(
                self._url,
                socket_timeout=ANSWER_SECONDS,
                socket_connect_timeout=ANSWER_SECONDS,
            )
        return self._redis
