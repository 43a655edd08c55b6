"""The server's end of a generator on a worker: a port of its own, for the one with its secret."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import secrets
import socket
from typing import Any

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.concurrency.waiting import cancel_and_wait, note_failure
from gradio_webrtc.handlers.executors.worker_task import Address, keep_alive

READ_BYTES = 1 << 20
"""Received ahead of who reads it; a worker then waits."""
TOKEN_BYTES = 32
TOKEN_S = 5.0
"""How long whoever connects may take to say that they are the worker."""
MOST_STRANGERS = 16
"""So many may be about to say it; whoever comes then is turned away."""


class GeneratorChannel:
    """Listens until the worker of one generator has come.

    Args:
        listening: bound, not blocking.

    Attributes:
        connected: the worker's streams, once it is there; cancelled when this is closed before.
    """

    def __init__(self, listening: socket.socket) -> None:
        self._listening = _Listening(fileno=listening.detach())
        host, port = self._listening.getsockname()[:2]
        self.address = Address(host, port, secrets.token_bytes(TOKEN_BYTES))
        """What the worker needs to reach this."""
        self._strangers: set[asyncio.Task[bool]] = set()
        self._opening: asyncio.Task[None] | None = None
        self._connection: socket.socket | None = None
        self.connected: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = (
            asyncio.get_running_loop().create_future()
        )
        self._accepting = asyncio.ensure_future(self._accept())

    @classmethod
    async def open(cls, host: str) -> GeneratorChannel:
        """Listen on ``host``.

        Raises:
            OSError: this machine has no such address, or no port is free.
        """
        found = await POOLED.call(socket.getaddrinfo, host, 0, type=socket.SOCK_STREAM)
        family, *_, address = found[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.bind(address)
            listening.listen(MOST_STRANGERS)
            listening.setblocking(False)
            return cls(listening)
        except OSError:
            listening.close()
            raise

    def close(self) -> None:
        """Give everything back; the worker sees it at its next step. Idempotent."""
        self._stop_listening()
        if self._opening is not None:
            self._opening.cancel()
        if not self.connected.done():
            self.connected.cancel()
        elif not self.connected.cancelled():
            _, writer = self.connected.result()
            assert self._connection is not None
            with contextlib.suppress(OSError):
                # At once, and whoever else holds the socket: a process forked meanwhile does. What
                # uvloop's transports have for a socket cannot.
                self._connection.shutdown(socket.SHUT_RDWR)
            writer.close()

    def _stop_listening(self) -> None:
        self._accepting.cancel()
        # The loop must have let go of the socket before it is closed, or it would let go of the one
        # that gets its number next. Windows' loop watches no sockets, and has no such function.
        if self._listening.fileno() != -1:
            with contextlib.suppress(NotImplementedError):
                self._accepting.get_loop().remove_reader(self._listening)
            self._listening.close()
        if self._listening.newest is not None:
            self._listening.newest.close()
        for stranger in self._strangers:
            stranger.cancel()

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(self._listening)
            self._listening.newest = None
            if len(self._strangers) >= MOST_STRANGERS:
                connection.close()
                continue
            stranger = asyncio.ensure_future(_knows(connection, self.address.token))
            self._strangers.add(stranger)

            def told(stranger: asyncio.Task[bool], connection: socket.socket = connection) -> None:
                self._told(stranger, connection)

            stranger.add_done_callback(told)

    def _told(self, stranger: asyncio.Task[bool], connection: socket.socket) -> None:
        self._strangers.discard(stranger)
        welcome = not stranger.cancelled() and stranger.exception() is None and stranger.result()
        if not welcome or self._opening is not None or self.connected.done():
            connection.close()
            return

        def opened(opening: asyncio.Task[None]) -> None:
            if opening.cancelled():  # perhaps before it began
                connection.close()

        self._opening = asyncio.ensure_future(self._open(connection))
        self._opening.add_done_callback(opened)
        self._stop_listening()  # nobody else is expected

    async def _open(self, connection: socket.socket) -> None:
        streams = await asyncio.open_connection(sock=connection, limit=READ_BYTES)
        self._connection = connection
        self.connected.set_result(streams)


class _Listening(socket.socket):
    """Has what it accepted last, which would be lost if nobody waits for it any more."""

    newest: socket.socket | None = None

    def accept(self) -> tuple[socket.socket, Any]:
        self.newest, address = super().accept()
        return self.newest, address


async def _knows(connection: socket.socket, token: bytes) -> bool:
    """Whether who has connected says ``token``, in time."""
    connection.setblocking(False)
    keep_alive(connection)
    saying = asyncio.ensure_future(_said(connection))
    try:
        await asyncio.wait({saying}, timeout=TOKEN_S)
    finally:
        # The loop must have let go of the connection before it is closed.
        await cancel_and_wait(saying)
        note_failure(saying)
    if saying.cancelled() or saying.exception() is not None:
        return False
    return hmac.compare_digest(saying.result(), token)


async def _said(connection: socket.socket) -> bytes:
    """Return the first bytes that came, as many as a token has unless there were fewer."""
    said = b""
    while len(said) < TOKEN_BYTES:
        data = await asyncio.get_running_loop().sock_recv(connection, TOKEN_BYTES - len(said))
        if not data:
            break
        said += data
    return said
