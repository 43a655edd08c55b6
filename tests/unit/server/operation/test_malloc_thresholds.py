"""The ends of arenas are kept while there are sessions, and go back to the system afterwards."""

from __future__ import annotations

import pytest

from gradio_webrtc.server.operation import malloc_thresholds as module
from gradio_webrtc.server.operation.malloc_thresholds import (
    BETWEEN_SESSIONS,
    DURING_SESSIONS,
    M_TRIM_THRESHOLD,
    TOLD_BY,
    MallocThresholds,
    find_mallopt,
)
from gradio_webrtc.server.operation.memory_return import VARIABLE
from tests.support.malloc_programs import ALLOCATING, figure_of, needs_glibc

PROGRAM = f"""{ALLOCATING}
thresholds = malloc_thresholds()
libc.free(libc.malloc(20_000_000))  # from which the C library learns to keep 40 MB
if sys.argv[1] == "during":
    thresholds.sessions_began()
"""

PICTURES = f"""{PROGRAM}
def pictures():
    for _ in range(200):  # two of 1280x720 at once, a page of memory each 4 kB
        both = [libc.malloc(2_764_800) for _ in range(2)]
        for each in both:
            libc.memset(each, 1, 2_764_800)
        for each in reversed(both):
            libc.free(each)

before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
thread = threading.Thread(target=pictures)
thread.start()
thread.join()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

GIVEN_BACK = f"""{PROGRAM}
def session():
    pieces = [libc.malloc(65536) for _ in range(256)]
    for piece in pieces:
        libc.memset(piece, 1, 65536)
    together.wait()
    filled.wait()
    for piece in reversed(pieces):
        libc.free(piece)

together, filled = threading.Barrier(5), threading.Barrier(5)
threads = [threading.Thread(target=session) for _ in range(4)]
for thread in threads: thread.start()
together.wait()
before = resident()
filled.wait()
for thread in threads: thread.join()
find_trim()()
print(before - resident())
"""


@needs_glibc
def test_pictures_of_a_session_are_put_where_those_before_were() -> None:
    assert figure_of(PICTURES, "between") > 100_000  # faults: 1,350 pages for each of 200
    assert figure_of(PICTURES, "during") < 20_000


@needs_glibc
def test_without_sessions_the_ends_of_arenas_are_given_back() -> None:
    assert figure_of(GIVEN_BACK, "between") > 50_000_000  # of 64 MB


@needs_glibc
def test_who_runs_the_process_may_say_how_much_stays_there() -> None:
    assert figure_of(GIVEN_BACK, "between", MALLOC_TRIM_THRESHOLD_="100000000") < 10_000_000
    assert all(find_mallopt({name: "1"}) is None for name in TOLD_BY)


@needs_glibc
def test_nothing_is_told_where_no_memory_is_to_be_returned() -> None:
    assert figure_of(GIVEN_BACK, "between", **{VARIABLE: "0"}) < 10_000_000


class Told:
    """What the C library was told of the ends of arenas."""

    def __init__(self) -> None:
        self.ends: list[int] = []

    def __call__(self, threshold: int, size: int) -> None:
        if threshold == M_TRIM_THRESHOLD:
            self.ends.append(size)


def test_it_is_told_when_sessions_begin_and_end() -> None:
    told = Told()
    thresholds = MallocThresholds(told)
    assert told.ends == [BETWEEN_SESSIONS]
    thresholds.sessions_began()
    assert told.ends[1:] == [DURING_SESSIONS]
    thresholds.sessions_ended()
    assert told.ends[2:] == [BETWEEN_SESSIONS]


def test_another_c_library_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_trim", lambda: None)
    thresholds = MallocThresholds(find_mallopt({}))
    thresholds.sessions_began()
    thresholds.sessions_ended()
