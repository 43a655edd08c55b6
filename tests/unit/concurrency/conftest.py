"""Threads and tasks of these tests are watched as those of the handlers' are."""

from tests.unit.handlers.conftest import _until, _until_async, nothing_left_behind

__all__ = ["_until", "_until_async", "nothing_left_behind"]
