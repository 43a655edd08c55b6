"""Pytest plugin: tests in several processes, a file at a time, and what must be alone at the end.

With ``pytest -n 2`` (pytest-xdist) each file goes to one process as a whole, so that its fixtures
are made once, and so does a directory whose fixtures are builds. Tests with the mark ``serial``
wait until every other process has ended; then they run one after the other.
"""

from __future__ import annotations

import gc
import json
import tempfile
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

SERIAL = "serial"
"""The mark of tests that measure time or load, and the name of all of them together."""

WHOLE = ("tests/packaging",)
"""Directories that one process gets as a whole."""

FIRST, LAST = "packaging", "unit"
"""Directories that a run begins and ends with: the longest piece first, and the shortest last, so
that all processes come to their ends together."""

_LIST = "serial_tests"


class SerialLast(LoadFileScheduling):
    """Gives away files in their order, and what is serial when one process is left.

    Args:
        config: of the process that gives the work away.
        listed: a file with the names of the serial tests, which the processes have written once
            they have collected; marks themselves do not reach the one that gives the work away.
        log: where xdist logs to.
    """

    def __init__(self, config: pytest.Config, listed: Path, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self._listed = listed
        self._serial: frozenset[str] = frozenset()

    def schedule(self) -> None:
        """Give the first work away, as soon as it is known."""
        self._serial = frozenset(json.loads(self._listed.read_text(encoding="utf-8")))
        super().schedule()

    def _split_scope(self, nodeid: str) -> str:
        if nodeid in self._serial:
            return SERIAL
        path = nodeid.partition("::")[0]
        return next((whole for whole in WHOLE if path.startswith(f"{whole}/")), path)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if SERIAL in self.workqueue:
            self.workqueue.move_to_end(SERIAL)
        if list(self.workqueue) != [SERIAL] or len(self.nodes) == 1:
            super()._assign_work_unit(node)
        elif node is not self.nodes[0]:
            node.shutdown()

    def _reschedule(self, node: WorkerController) -> None:
        # One that takes a crashed one's place is known before it has collected anything.
        if node in self.registered_collections:
            super()._reschedule(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """Forget a process that has ended; return the test in which it crashed, if it did.

        That test has failed and is not run again, as xdist would do.
        """
        crashed: str | None = None
        for scope, unit in self.assigned_work.pop(node).items():
            left = [nodeid for nodeid, done in unit.items() if not done]
            if left and crashed is None:
                crashed = left.pop(0)
            if left:
                self.workqueue[scope] = dict.fromkeys(left, False)
        for other in self.nodes:
            self._reschedule(other)
        return crashed


class _Giver:
    """The hooks of the process that gives the work away."""

    def __init__(self) -> None:
        self.directory = tempfile.TemporaryDirectory()
        self.listed = Path(self.directory.name) / _LIST

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        node.workerinput[_LIST] = str(self.listed)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Producer) -> SerialLast:
        config.option.loadscopereorder = False
        return SerialLast(config, self.listed, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_unconfigure(self) -> None:
        self.directory.cleanup()


def pytest_configure(config: pytest.Config) -> None:
    """Take the place of xdist's own ways to give the work away."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Giver(), "giver of serial tests")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring the tests into their order."""

    def place(item: pytest.Item) -> tuple[bool, bool, bool]:
        parts = item.path.relative_to(config.rootpath).parts
        serial = item.get_closest_marker(SERIAL) is not None
        return serial, FIRST not in parts, LAST in parts

    items.sort(key=place)


def _set_aside() -> None:
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Set aside what imports made: collecting garbage for leaks then looks at a test's own."""
    _set_aside()
    work: dict[str, str] = getattr(session.config, "workerinput", {})
    if _LIST in work:
        serial = [item.nodeid for item in session.items if item.get_closest_marker(SERIAL)]
        Path(work[_LIST]).write_text(json.dumps(serial), encoding="utf-8")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Set aside after each file what it loaded for good, such as the words of a recogniser."""
    result = yield
    if nextitem is None or nextitem.path != item.path:
        _set_aside()
    return result
