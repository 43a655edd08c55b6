"""A loop that stands still is reported once, with the code that holds it up."""

from __future__ import annotations

import asyncio
import logging
import selectors
import sys
import threading
import time
from collections.abc import Sequence

import pytest

from gradio_webrtc.concurrency import loop_watchdog
from gradio_webrtc.concurrency.loop_watchdog import (
    BLOCKED_SECONDS,
    REMEDY,
    Watchdog,
    Watched,
)
from tests.support.thread_fixtures import Until, wait_until

NAME = "event loop watchdog"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Look every few milliseconds for a loop that is late by some more."""
    monkeypatch.setattr(loop_watchdog, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(loop_watchdog, "BLOCKED_SECONDS", 0.05)
    caplog.set_level(logging.INFO, logger="gradio_webrtc")


def watchdogs() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == NAME]


def hold_up_the_loop(records: Sequence[logging.LogRecord]) -> None:
    deadline = time.monotonic() + 10
    while not records and time.monotonic() < deadline:
        sum(range(100))
    time.sleep(0.1)  # it is looked at again meanwhile


@pytest.mark.usefixtures("quick")
async def test_who_blocks_is_named_once_with_the_remedy(caplog: pytest.LogCaptureFixture) -> None:
    watchdog = Watchdog()
    watched = watchdog.watch(asyncio.get_running_loop())
    hold_up_the_loop(caplog.records)
    watched.ticked(0.2)
    watchdog.dismiss(watched)
    warning, again = caplog.records
    assert warning.levelno == logging.WARNING
    text = warning.getMessage()
    assert f"hold_up_the_loop() ({__file__}:" in text
    assert "in the task Task-" in text
    assert text.endswith(REMEDY)
    assert "the event loop runs again; it lost 0.2 s" in again.getMessage()
    assert not watched.reported


@pytest.mark.usefixtures("quick")
async def test_the_innermost_code_that_is_no_librarys_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watchdog = Watchdog()
    watched = watchdog.watch(asyncio.get_running_loop())
    never = threading.Condition()
    with never:
        while not caplog.records:  # it is written after ``reported`` is set
            never.wait(0.05)  # the standard library's code runs, and this called it
    watchdog.dismiss(watched)
    assert "test_the_innermost_code_that_is_no_librarys_is_named()" in caplog.text


async def test_a_loop_that_waits_for_something_to_do_is_not_blocked(
    caplog: pytest.LogCaptureFixture, until: Until
) -> None:
    watched = Watched(asyncio.get_running_loop())

    def look() -> None:
        until(lambda: _file_of(watched.thread) == selectors.__file__)
        loop_watchdog._look(watched, watched.ran + 100)

    await asyncio.to_thread(look)
    assert not watched.reported
    assert not caplog.records
    await asyncio.get_running_loop().shutdown_default_executor()


def _file_of(thread: int) -> str:
    return sys._current_frames()[thread].f_code.co_filename


async def test_a_block_that_nobody_saw_is_told_of_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watched = Watched(asyncio.get_running_loop())
    watched.ticked(BLOCKED_SECONDS - 0.1)
    assert not caplog.records
    watched.ticked(BLOCKED_SECONDS)
    assert "stood still for 4.0 s, and nobody saw where" in caplog.text


async def test_there_is_one_thread_while_there_is_a_loop_to_look_after() -> None:
    watchdog = Watchdog()
    assert watchdogs() == []
    first = watchdog.watch(asyncio.get_running_loop())
    second = watchdog.watch(asyncio.get_running_loop())
    [thread] = watchdogs()
    assert thread.daemon
    watchdog.dismiss(first)
    watchdog.dismiss(first)
    assert thread.is_alive()
    watchdog.dismiss(second)
    thread.join(10)
    assert watchdogs() == []
    third = watchdog.watch(asyncio.get_running_loop())
    assert len(watchdogs()) == 1
    watchdog.dismiss(third)


@pytest.mark.usefixtures("quick")
async def test_a_loop_that_was_closed_is_nobodys() -> None:
    watchdog, loop = Watchdog(), asyncio.new_event_loop()
    watchdog.watch(loop)
    loop.close()
    wait_until(lambda: watchdogs() == [])
