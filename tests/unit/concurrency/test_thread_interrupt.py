"""User code that does not come back is made to, and only that code."""

from __future__ import annotations

import builtins
import contextvars
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc.concurrency.thread_interrupt import HandlerReleased, Outcome, UserCode
from tests.support.thread_fixtures import Until


def run(
    code: UserCode, fn: Callable[[], Any], context: contextvars.Context | None = None
) -> Outcome:
    """Call ``fn`` on this thread."""
    return code.run(context or contextvars.copy_context(), fn, ())


@contextmanager
def running(
    code: UserCode, fn: Callable[[], Any]
) -> Iterator[tuple[threading.Thread, list[Outcome]]]:
    """Run ``fn`` on a thread, which must have ended in the end."""
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(run(code, fn)))
    thread.start()
    yield thread, outcomes
    thread.join(10)
    assert not thread.is_alive()


def test_a_value_and_an_error_are_what_it_came_to() -> None:
    code = UserCode()
    assert run(code, lambda: divmod(7, 2)) == Outcome((3, 1), None)
    value, error = run(code, lambda: divmod(7, 0))
    assert value is None
    assert isinstance(error, ZeroDivisionError)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_would_end_a_thread_is_an_outcome_too(kind: type[BaseException]) -> None:
    def leave() -> None:
        raise kind

    assert isinstance(run(UserCode(), leave).error, kind)


def test_it_runs_in_the_context_it_is_given() -> None:
    who = contextvars.ContextVar("who", default="nobody")
    context = contextvars.copy_context()
    run(UserCode(), lambda: who.set("somebody"), context)
    assert context[who] == "somebody"
    assert who.get() == "nobody"


WAITS: list[Callable[[], Any]] = [
    lambda: queue.Queue[int]().get(),
    lambda: threading.Event().wait(),
    lambda: threading.Event().wait(1000),
]


@pytest.mark.parametrize("wait", WAITS, ids=["queue", "event", "event with timeout"])
def test_code_that_waits_for_another_thread_is_released(
    wait: Callable[[], Any], until: Until
) -> None:
    code = UserCode()
    with running(code, wait) as (_, outcomes):
        until(code.is_waiting)
        code.interrupt()
    assert isinstance(outcomes[0].error, HandlerReleased)
    assert not code.is_waiting()


def test_code_that_computes_is_released(until: Until) -> None:
    code, begun = UserCode(), threading.Event()

    def compute() -> None:
        begun.set()
        while True:
            pass

    with running(code, compute) as (_, outcomes):
        until(begun.is_set)
        assert not code.is_waiting()
        code.interrupt()
    assert isinstance(outcomes[0].error, HandlerReleased)


def test_its_finally_blocks_run_and_it_may_return_all_the_same(until: Until) -> None:
    code, log = UserCode(), list[str]()

    def stubborn() -> str:
        try:
            threading.Event().wait()
        except SystemExit:
            log.append("caught")
        finally:
            log.append("finally")
        return "done"

    with running(code, stubborn) as (_, outcomes):
        until(code.is_waiting)
        code.interrupt()
    assert log == ["caught", "finally"]
    assert outcomes == [Outcome("done", None)]


def test_another_thread_that_waits_for_the_same_goes_on_waiting(until: Until) -> None:
    shared: queue.Queue[int] = queue.Queue()
    one, other = UserCode(), UserCode()
    with running(other, shared.get) as (thread, outcomes):
        until(other.is_waiting)
        with running(one, shared.get) as (_, released):
            until(one.is_waiting)
            one.interrupt()
        assert isinstance(released[0].error, HandlerReleased)
        assert thread.is_alive()
        shared.put(7)
    assert outcomes == [Outcome(7, None)]


def test_without_code_that_runs_nothing_is_interrupted() -> None:
    code = UserCode()
    code.interrupt()
    assert run(code, lambda: divmod(7, 2)).value == (3, 1)
    code.interrupt()
    for _ in range(1000):  # nothing is raised in this thread later either
        time.monotonic()
    assert run(code, lambda: divmod(7, 2)).value == (3, 1)


def test_it_says_whether_an_import_is_under_way(
    until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupting one can leave a C extension that nobody can load any more."""
    code, enough = UserCode(), threading.Event()
    (tmp_path / "slow_to_import.py").write_text("import builtins\nbuiltins.enough.wait()\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(builtins, "enough", enough, raising=False)
    with running(code, lambda: __import__("slow_to_import")) as (_, outcomes):
        until(code.is_waiting)
        assert code.is_importing()
        enough.set()
    assert outcomes[0].error is None
    assert not code.is_importing()
    del sys.modules["slow_to_import"]


def test_what_only_waits_imports_nothing(until: Until) -> None:
    code = UserCode()
    with running(code, threading.Event().wait):
        until(code.is_waiting)
        assert not code.is_importing()
        code.interrupt()
