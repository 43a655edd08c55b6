"""Telling work that was waited for from work that came at once.

A loop that awaits work which never waits holds up everybody else, so it has to give way by itself.
Where the work has waited, that costs one turn of the event loop for nothing.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar, cast

T = TypeVar("T")


@types.coroutine
def noticing_wait(
    work: Coroutine[Any, Any, T], waited: Callable[[], None]
) -> Generator[Any, Any, T]:
    """Await ``work``; ``waited`` is called if others may run before it is done.

    Raises:
        BaseException: whatever ``work`` raised, a cancellation included.
    """
    steps = work.__await__()
    try:
        awaited = next(steps)
    except StopIteration as end:
        return cast(T, end.value)
    waited()
    while True:
        try:
            yield awaited
        except BaseException as error:  # noqa: BLE001 - mostly a cancellation, and for ``work``
            try:
                awaited = steps.throw(error)
            except StopIteration as end:
                return cast(T, end.value)
        else:
            return (yield from steps)
