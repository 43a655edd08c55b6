"""What all tests share."""

from __future__ import annotations

import asyncio
import gc

from tests.support.event_loop import pytest_configure as pytest_configure


def pytest_configure() -> None:
    """Keep Python before 3.14 from making a loop that nobody closes.

    pytest-asyncio asks for the current loop; once one was set, even to None, none is made.
    """
    asyncio.set_event_loop(None)


def pytest_collection_finish() -> None:
    """Set aside what imports made: collecting garbage for leaks then looks at a test's own."""
    gc.collect()
    gc.freeze()
