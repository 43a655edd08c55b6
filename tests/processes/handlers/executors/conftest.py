"""Two processes that the tests of a module share, and calls as a session makes them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.support.executor_work import two_processes


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with two_processes() as executor:
        yield executor
