"""Bounded buffers that count what they drop. Both are safe to use from several threads."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class BufferClosedError(RuntimeError):
    """Something was put into a buffer after ``close``."""


class BoundedQueue(Generic[T]):
    """A queue of at most ``maxlen`` values that drops the oldest for a new one.

    Every method is atomic and none waits; whoever waits for values does so outside, on an event
    of their own kind (thread or loop).

    Attributes:
        dropped: how many values were pushed out unread by newer ones or thrown away by ``clear``.
    """

    def __init__(self, maxlen: int) -> None:
        """Hold at most ``maxlen`` values, at least 1."""
        if maxlen < 1:
            raise ValueError(f"maxlen must be at least 1, got {maxlen}.")
        self._values: deque[T] = deque()
        self._maxlen = maxlen
        self._lock = threading.Lock()
        self._closed = False
        self.dropped = 0

    def put(self, value: T) -> bool:
        """Add ``value``; return whether the oldest one was dropped for it.

        Raises:
            BufferClosedError: after ``close``.
        """
        with self._lock:
            if self._closed:
                raise BufferClosedError("The buffer is closed.")
            full = len(self._values) == self._maxlen
            if full:
                self._values.popleft()
                self.dropped += 1
            self._values.append(value)
            return full

    def take(self) -> T | None:
        """Remove and return the oldest value, or ``None`` when empty."""
        with self._lock:
            return self._values.popleft() if self._values else None

    def clear(self) -> int:
        """Throw away what is waiting and count it as dropped; return how many that were."""
        with self._lock:
            count = len(self._values)
            self._values.clear()
            self.dropped += count
            return count

    def close(self) -> None:
        """Refuse further values. What is inside can still be taken. Idempotent."""
        with self._lock:
            self._closed = True

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed

    @property
    def finished(self) -> bool:
        """Closed, and everything was taken."""
        with self._lock:
            return self._closed and not self._values

    def __len__(self) -> int:
        """Return how many values wait."""
        return len(self._values)


class LatestSlot(BoundedQueue[T]):
    """Keeps the newest value only: a slow reader skips, and never lags behind."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(maxlen=1)
