"""What ``executor=`` takes, and when an executor is made."""

from __future__ import annotations

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any

import pytest

from gradio_webrtc import ConfigurationError, ExecutorOptions
from gradio_webrtc.handlers.executors import options
from gradio_webrtc.handlers.executors.options import ExecutorPool, shut_down_made, used_here


@pytest.mark.parametrize("executor", [None, 3, "two", ThreadPoolExecutor, Executor])
def test_what_is_no_executor_is_refused(executor: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"lambda: IsolatedProcessPool\(2\)"):
        ExecutorOptions(executor)


@pytest.mark.parametrize("ahead", [-1, 1025, 1.5, True])
def test_a_lead_that_cannot_be_is_refused(ahead: Any) -> None:
    with pytest.raises(ConfigurationError, match="ahead must be a whole number"):
        ExecutorOptions(lambda: ThreadPoolExecutor(1), ahead=ahead)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::"])
def test_the_address_of_all_is_none_for_workers(host: str) -> None:
    with pytest.raises(ConfigurationError, match="host must be the address"):
        ExecutorOptions(lambda: ThreadPoolExecutor(1), host=host)


def test_an_executor_is_made_once_and_again_when_it_is_broken() -> None:
    made: list[ThreadPoolExecutor] = []

    def make() -> ThreadPoolExecutor:
        made.append(ThreadPoolExecutor(1))
        return made[-1]

    pool = ExecutorPool(make)
    assert pool.renewable
    assert not made
    first = pool.current()
    assert pool.current() is first
    pool.drop(first)
    pool.drop(first)
    assert pool.current() is made[1]
    pool.drop(first)
    assert pool.current() is made[1]
    with pytest.raises(RuntimeError, match="shutdown"):
        first.submit(int)
    with pytest.raises(ConfigurationError, match="has to make a"):
        ExecutorPool(lambda: 3).current()  # type: ignore[arg-type, return-value]


def test_an_executor_that_was_given_stays() -> None:
    with ThreadPoolExecutor(1) as threads:
        pool = ExecutorPool(ExecutorOptions(threads))
        pool.drop(pool.current())
        assert pool.current() is threads
        assert threads.submit(int).result() == 0


async def test_what_was_made_for_a_loop_is_shut_down_with_its_server_and_made_anew() -> None:
    made: list[ThreadPoolExecutor] = []

    def make() -> ThreadPoolExecutor:
        made.append(ThreadPoolExecutor(1))
        return made[-1]

    with ThreadPoolExecutor(1) as own:
        given, factory = ExecutorPool(own), ExecutorPool(make)
        for pool in (given, factory):
            used_here(pool)
            pool.current()
        shut_down_made()
        with pytest.raises(RuntimeError, match="shutdown"):
            made[0].submit(int)
        assert own.submit(int).result() == 0
        assert factory.current() is made[1]
        shut_down_made()  # nothing was used since
        assert made[1].submit(int).result() == 0
        made[1].shutdown()


def test_a_pool_that_forks_is_warned_of_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "_warned", False)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as spawning:
        ExecutorPool(spawning).current()
    assert not caplog.records
    for _ in range(2):
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as forking:
            ExecutorPool(forking).current()
    (record,) = caplog.records
    assert 'ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))' in (
        record.getMessage()
    )
