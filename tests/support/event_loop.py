"""Pytest plugin: no event loop comes into being that nobody closes, and virtual time goes on.

Before Python 3.14 asking for the main thread's event loop makes one when there is none, and both
pytest-asyncio and looptime ask around every test. Nobody closes that loop; some later test then
fails on a ResourceWarning about it. Where a loop was once set to None, asking raises instead, and
both plugins know what to do then.
"""

from __future__ import annotations

import asyncio
import sys
import warnings

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Say that there is no event loop, rather than not yet one."""
    with warnings.catch_warnings():
        # Deprecated since 3.14, where it is also not needed.
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop(None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let looptime count nanoseconds where it stands still before timers of half a microsecond.

    That is the newest looptime for Python 3.10, which rounds to microseconds: it waits for ever for
    a timer that is nearer. asyncio itself takes what is a nanosecond away as due.
    """
    if sys.version_info >= (3, 11):
        return
    for item in items:
        if item.get_closest_marker("looptime") is not None:
            item.add_marker(pytest.mark.looptime(resolution=1e-9))
