"""Threads and tasks of these tests are watched."""

from tests.support.thread_fixtures import nothing_left_behind as nothing_left_behind
from tests.support.thread_fixtures import until as until
from tests.support.thread_fixtures import until_async as until_async
