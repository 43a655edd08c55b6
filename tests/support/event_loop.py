"""Pytest plugin: no event loop comes into being that nobody closes.

Before Python 3.14 asking for the main thread's event loop makes one when there is none, and both
pytest-asyncio and looptime ask around every test. Nobody closes that loop; some later test then
fails on a ResourceWarning about it. Where a loop was once set to None, asking raises instead, and
both plugins know what to do then.
"""

from __future__ import annotations

import asyncio
import warnings

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Say that there is no event loop, rather than not yet one."""
    with warnings.catch_warnings():
        # Deprecated since 3.14, where it is also not needed.
        warnings.simplefilter("ignore", DeprecationWarning)
        asyncio.set_event_loop(None)
