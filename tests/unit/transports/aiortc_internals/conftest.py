"""These tests leave no task or thread behind, and nothing that asyncio complains of."""

from tests.support.leak_fixtures import (  # noqa: F401 - fixtures
    no_leaked_tasks,
    no_leaked_threads,
    no_loop_complaints,
)
