"""Asking several at once: the first answer wins, and nobody waits long for the dead."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Sequence
from typing import Any, TypeVar

from gradio_webrtc.concurrency.waiting import note_failure

T = TypeVar("T")

RESOLUTION_S = 0.001
"""Shorter waits are none: what is left of one by rounding may be less than a clock's step."""


async def race(
    attempts: Sequence[Callable[[], Coroutine[Any, Any, T]]], stagger_s: float
) -> list[T]:
    """Start one attempt after the other until one succeeds, and cancel the others.

    The next one starts when the last has failed, or has not succeeded for ``stagger_s``, as with
    the addresses of a host (RFC 8305).

    Returns:
        the result; several when they came in the same moment, none when all attempts failed.
    """
    waiting = list(reversed(attempts))
    running: set[asyncio.Task[T]] = set()
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.ensure_future(waiting.pop()()))
            done, running = await asyncio.wait(
                running,
                timeout=stagger_s if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            results = [task.result() for task in done if task.exception() is None]
            if results:
                return results
        return []
    finally:
        _drop(running)


async def answers_in_time(
    kinds: Sequence[Sequence[Coroutine[Any, Any, list[T]]]],
    *,
    none_s: float,
    some_s: float,
    enough_s: float,
) -> list[T]:
    """Wait for several kinds of questions, the longer the less is known.

    Args:
        kinds: for each kind of answer who gives it; one that has none returns ``[]``.
        none_s: how long to wait if nobody answers.
        some_s: how long after the first answer of all, while a kind has none.
        enough_s: how long after that, once each kind has one.

    Returns:
        the answers that came.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + none_s
    asked = {asyncio.ensure_future(each): number for number, of in enumerate(kinds) for each in of}
    missing = set(asked.values())
    pending = set(asked)
    found: list[T] = []
    try:
        while pending and (left := end - loop.time()) > RESOLUTION_S:
            done, pending = await asyncio.wait(
                pending, timeout=left, return_when=asyncio.FIRST_COMPLETED
            )
            for each in done:
                if each.result():
                    found += each.result()
                    missing.discard(asked[each])
                    end = min(end, loop.time() + (some_s if missing else enough_s))
            missing &= {asked[each] for each in pending}
            if found and not missing:
                end = min(end, loop.time() + enough_s)
        return found
    finally:
        _drop(pending)


def _drop(tasks: Collection[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
        task.add_done_callback(note_failure)
