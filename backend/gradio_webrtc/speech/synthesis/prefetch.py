"""Prefetching: the next piece is made while the one before it is played."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

_END: Any = object()


def prefetched(pieces: Iterator[T]) -> Generator[T, None, None]:
    """Yield ``pieces``, each made on a thread of this call's own while the one before is used.

    For engines that take long for a sentence: asked for it only when the last one has nearly been
    played, they would leave a silence. When this generator is closed, a piece that is being made
    is made to its end and dropped, which nobody waits for, and no further one is begun.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="speech-prefetch")
    try:
        coming: Future[T] = thread.submit(next, pieces, _END)
        while (piece := coming.result()) is not _END:
            coming = thread.submit(next, pieces, _END)
            yield piece
    finally:
        thread.shutdown(wait=False, cancel_futures=True)
