"""Memory that sessions have freed goes back to the system, on a thread and not too often."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from gradio_webrtc import Stream
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server import hosted_sessions
from gradio_webrtc.server.operation import memory_return as module
from gradio_webrtc.server.operation.memory_return import (
    TRIM_SECONDS,
    VARIABLE,
    MemoryReturn,
    find_trim,
    trim_seconds,
)
from gradio_webrtc.session.session import Session
from tests.support.malloc_programs import ALLOCATING, figure_of, needs_glibc
from tests.support.sessions import until

TRIMMING = f"""{ALLOCATING}
def session():
    # 16 MB in pieces of 64 kB, one of which stays: nothing at the end of the arena is free.
    pieces = [libc.malloc(65536) for _ in range(256)]
    for piece in pieces:
        libc.memset(piece, 1, 65536)
    together.wait()
    for piece in pieces[:-1]:
        libc.free(piece)

together = threading.Barrier(4)
threads = [threading.Thread(target=session) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
before = resident()
find_trim()()
print(before - resident())
"""


@needs_glibc
def test_what_threads_have_freed_is_given_back() -> None:
    assert figure_of(TRIMMING) > 50_000_000  # of 64 MB


class Trims:
    """Counts how often memory was given back, and remembers on which thread."""

    def __init__(self) -> None:
        self.threads: list[int] = []

    def __call__(self) -> None:
        self.threads.append(threading.get_ident())


def ended(returning: MemoryReturn, session: Session, times: int = 1) -> None:
    for _ in range(times):
        returning.session_over(session)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AFTER_SECONDS", 0.0)


@pytest.fixture
def session() -> Session:
    return Session.__new__(Session)  # nothing of it is looked at


@pytest.mark.usefixtures("soon")
async def test_it_runs_once_for_all_that_end_together_and_not_on_the_loop(session: Session) -> None:
    trims = Trims()
    returning = MemoryReturn(trims, every=3600)
    ended(returning, session, times=20)
    await until(lambda: bool(trims.threads))
    ended(returning, session, times=20)  # which has an hour to wait
    for _ in range(10):
        await asyncio.sleep(0)
    assert len(trims.threads) == 1
    assert trims.threads[0] != threading.get_ident()


@pytest.mark.usefixtures("soon")
async def test_it_runs_again_for_those_that_end_later(session: Session) -> None:
    trims = Trims()
    returning = MemoryReturn(trims, every=0.01)
    ended(returning, session)
    await until(lambda: len(trims.threads) == 1)
    ended(returning, session)
    await until(lambda: len(trims.threads) == 2)


@pytest.mark.usefixtures("soon")
def test_a_loop_that_was_stopped_before_does_not_keep_others_from_it(session: Session) -> None:
    trims = Trims()
    returning = MemoryReturn(trims, every=0.01)

    async def once() -> None:
        ended(returning, session)

    async def and_wait() -> None:
        ended(returning, session)
        await until(lambda: bool(trims.threads))

    asyncio.run(once())
    asyncio.run(and_wait())


async def test_where_nothing_can_give_back_nothing_is_planned(session: Session) -> None:
    returning = MemoryReturn(None, every=0.0)
    ended(returning, session)
    assert returning._waiting is None


def a_library(failure: type[Exception]) -> Callable[[None], None]:
    def load(name: None) -> None:
        raise failure

    return load


@pytest.mark.parametrize("failure", [AttributeError, OSError, TypeError])
def test_other_c_libraries_are_left_alone(
    failure: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.ctypes, "CDLL", a_library(failure))
    assert find_trim() is None


def test_the_environment_says_how_often() -> None:
    assert trim_seconds({}) == trim_seconds({VARIABLE: " "}) == TRIM_SECONDS
    assert trim_seconds({VARIABLE: "60"}) == 60
    assert trim_seconds({VARIABLE: "0"}) == 0
    for nonsense in ("-1", "soon", "1e3", "9999999"):
        with pytest.raises(ConfigurationError, match=VARIABLE):
            trim_seconds({VARIABLE: nonsense})


def test_nonsense_in_the_environment_is_told_when_a_stream_is_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    module.memory_return.cache_clear()
    monkeypatch.setenv(VARIABLE, "soon")
    with pytest.raises(ConfigurationError, match="a whole number of seconds; got 'soon'"):
        Stream(lambda image: image, modality="video")


async def test_each_session_of_a_stream_tells_of_its_end(
    monkeypatch: pytest.MonkeyPatch, session: Session
) -> None:
    returning = MemoryReturn(None, 0)
    monkeypatch.setattr(hosted_sessions, "memory_return", lambda: returning)
    session.on_closed_callbacks = []
    Stream(lambda image: image, modality="video").host.joined(session)
    assert returning.session_over in session.on_closed_callbacks
