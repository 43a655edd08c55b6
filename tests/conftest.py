"""What all tests share."""

from __future__ import annotations

import gc

from tests.support.event_loop import pytest_configure as pytest_configure


def pytest_collection_finish() -> None:
    """Set aside what imports made: collecting garbage for leaks then looks at a test's own."""
    gc.collect()
    gc.freeze()
