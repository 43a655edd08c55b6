"""What is left behind by speech fails its test."""

from tests.support.leak_fixtures import no_leaked_tasks as no_leaked_tasks
from tests.support.leak_fixtures import no_leaked_threads as no_leaked_threads
from tests.support.leak_fixtures import no_loop_complaints as no_loop_complaints
