"""Fixtures for code that has threads; a ``conftest.py`` imports them to apply them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio

Condition = Callable[[], bool]
Until = Callable[[Condition], None]
UntilAsync = Callable[[Condition], Awaitable[None]]


def wait_until(condition: Condition, seconds: float = 10.0) -> None:
    """Wait, without running the loop, until another thread has made ``condition`` true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long for another thread"
        time.sleep(0.001)


async def run_until(condition: Condition, seconds: float = 10.0) -> None:
    """Run the loop until ``condition`` is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        await asyncio.sleep(0.001)


@pytest_asyncio.fixture(autouse=True)
async def nothing_left_behind() -> AsyncIterator[None]:
    """Fail the test if a thread or a task outlives it, or the loop reported an error."""
    threads = set(threading.enumerate())
    tasks = asyncio.all_tasks()
    reported: list[str] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(str(context)))
    yield
    wait_until(lambda: set(threading.enumerate()) <= threads, 3.0)
    await asyncio.sleep(0)
    left = {task for task in asyncio.all_tasks() - tasks if task is not asyncio.current_task()}
    assert not left
    assert not reported


@pytest.fixture
def until() -> Until:
    """Return what waits for another thread without running the loop."""
    return wait_until


@pytest.fixture
def until_async() -> UntilAsync:
    """Return what runs the loop until something is true."""
    return run_until
