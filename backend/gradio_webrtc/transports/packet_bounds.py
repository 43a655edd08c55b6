"""Queues and sessions that strangers cannot make grow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

import pylibsrtp

MAX_SSRCS = 64
"""Sources one connection may ever send from; a browser has five: two kinds, RTX, reports."""
MAX_WAITING_DATAGRAMS = 4096
"""Datagrams kept until they are read, 6 MB: strangers can send them before the handshake."""


T = TypeVar("T")


class Decrypting(Protocol):
    """What is used of ``pylibsrtp.Session``."""

    def unprotect(self, packet: bytes, /) -> bytes:
        """Return media decrypted."""
        ...

    def unprotect_rtcp(self, packet: bytes, /) -> bytes:
        """Return reports decrypted."""
        ...


class BoundedSession:
    """An SRTP session that does not learn of ever more sources.

    Each costs memory and time here, in libsrtp and in aiortc's router. One counts when a packet of
    it was authentic, so that nobody else can use up the places.
    """

    def __init__(self, session: Decrypting, complain: Callable[[str], None]) -> None:
        self._session = session
        self._complain = complain
        self._known: set[bytes] = set()

    def unprotect(self, data: bytes) -> bytes:
        """Return a packet of media decrypted.

        Raises:
            pylibsrtp.Error: it is not authentic, or from one source too many.
        """
        if data[8:12] in self._known:  # as with all packets but one
            return self._session.unprotect(data)
        return self._first(data[8:12], self._session.unprotect, data)

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """Return reports decrypted; raises as ``unprotect``."""
        if data[4:8] in self._known:
            return self._session.unprotect_rtcp(data)
        return self._first(data[4:8], self._session.unprotect_rtcp, data)

    def _first(self, ssrc: bytes, unprotect: Callable[[bytes], bytes], data: bytes) -> bytes:
        if len(self._known) >= MAX_SSRCS:
            self._complain(f"it sends from more than {MAX_SSRCS} sources")
            raise pylibsrtp.Error("too many sources")
        result = unprotect(data)
        self._known.add(ssrc)
        return result


class BoundedQueue(asyncio.Queue[T | None]):
    """Drops what comes when it is full, except ``None``, which ends the reading.

    Args:
        most: how many are kept.
        shortcut: is offered what comes while nothing waits before it; returns whether it took it.
    """

    def __init__(self, most: int, shortcut: Callable[[T], bool] = lambda _: False) -> None:
        super().__init__()
        self._most = most
        self._shortcut = shortcut

    def put_nowait(self, item: T | None) -> None:
        """Add ``item``, or drop it."""
        if item is not None and self.empty() and self._shortcut(item):
            return
        if self.qsize() >= self._most:
            if item is not None:
                return
            self.get_nowait()
        super().put_nowait(item)
