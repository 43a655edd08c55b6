"""Waiting for a pipe or a connection to give bytes, so that another thread can end the wait."""

from __future__ import annotations

import contextlib
import io
import os
import selectors
import socket
import stat
import sys
from typing import BinaryIO


class InterruptibleRead:
    """A file object that may give nothing for long, and a way to stop waiting for it.

    A thread inside a system call cannot be interrupted by Python. A pipe is therefore waited for
    together with a socket of our own. A connection (the response of an HTTP library) may have
    been read ahead of what its descriptor tells, so it is not waited for but shut down.

    Args:
        descriptor: of the pipe or the connection.
        shut_down: whether it is a connection.
    """

    def __init__(self, descriptor: int, *, shut_down: bool) -> None:
        self._descriptor = descriptor
        self._shut_down = shut_down
        self._interrupted = False
        self._wake: tuple[socket.socket, socket.socket] | None = None
        if not shut_down:
            self._wake = socket.socketpair()

    @classmethod
    def of(cls, file: BinaryIO) -> InterruptibleRead | None:
        """Return it for ``file``, or ``None`` for one that never waits, or cannot be helped."""
        try:
            descriptor = file.fileno()
            mode = os.fstat(descriptor).st_mode
        except (AttributeError, OSError, ValueError):
            return None
        if stat.S_ISSOCK(mode):
            return cls(descriptor, shut_down=True)
        raw = getattr(file, "raw", file)
        pipe = stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)
        if pipe and isinstance(raw, io.FileIO) and sys.platform != "win32":
            return cls(descriptor, shut_down=False)
        return None

    def wait(self) -> bool:
        """Wait until there is something to read; False if the wait was interrupted."""
        if self._wake is not None and not self._interrupted:
            # ValueError, OSError: it was closed, which the reading itself will tell.
            with contextlib.suppress(OSError, ValueError), selectors.DefaultSelector() as selector:
                selector.register(self._descriptor, selectors.EVENT_READ)
                selector.register(self._wake[0], selectors.EVENT_READ)
                selector.select()
        return not self._interrupted

    def interrupt(self) -> None:
        """End the present wait and every later one. Any thread."""
        self._interrupted = True
        with contextlib.suppress(OSError):  # closed already
            if self._wake is not None:
                self._wake[1].send(b"x")
            elif self._shut_down:
                with socket.socket(fileno=os.dup(self._descriptor)) as connection:
                    connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give back what was needed for waiting. Idempotent."""
        for end in self._wake or ():
            end.close()
