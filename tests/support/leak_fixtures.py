"""The fixtures of :mod:`tests.support.leaks`; a ``conftest.py`` imports them to apply them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.support.leaks import TASKS_MAY_TAKE_S, left_threads, loop_complaints, other_tasks


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test whose threads outlive its event loop."""
    before = set(threading.enumerate())
    yield
    left = left_threads(before)
    assert not left, f"threads left behind: {sorted(thread.name for thread in left)}"


@pytest.fixture(autouse=True)
def no_loop_complaints() -> Iterator[None]:
    """Fail a test during which asyncio logged an error."""
    collecting = loop_complaints()
    texts = next(collecting)
    yield
    next(collecting, None)
    assert not texts, "\n".join(texts)


@pytest_asyncio.fixture(autouse=True)
async def no_leaked_tasks(no_leaked_threads: None, no_loop_complaints: None) -> AsyncIterator[None]:
    """Fail a test that leaves tasks behind; asked for last, so that it looks first."""
    before = other_tasks()
    yield
    # What was cancelled or finished just now needs some turns of the loop to be gone.
    loop = asyncio.get_running_loop()
    deadline = loop.time() + TASKS_MAY_TAKE_S
    left = other_tasks() - before
    while left and loop.time() < deadline:
        await asyncio.wait(left, timeout=deadline - loop.time())
        left = other_tasks() - before
    assert not left, f"tasks left behind: {sorted(map(repr, left))}"
