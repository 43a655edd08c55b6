"""When a server is at rest, by the CPU time that it tells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import process
from bench.process import CpuMark, Peer, Server


class Telling(Server):
    """Uses so many percent of a core in one second after the other, the last for ever."""

    def __init__(self, percents: Sequence[float]) -> None:
        super().__init__(Peer("here", Path("python"), "none"), ("idle",))
        self._percents = list(percents)
        self._cpu = self._wall = 0.0
        self.asked = 0

    async def cpu(self) -> CpuMark:
        self.asked += 1
        mark = CpuMark(self._cpu, self._wall)
        if self.asked % 2:  # the first of two marks: the window lies between them
            used = self._percents.pop(0) if len(self._percents) > 1 else self._percents[0]
            self._cpu += used / 100
            self._wall += 1.0
        return mark


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "REST_WINDOW", 0.0)


async def test_it_is_watched_until_what_was_begun_before_is_over():
    server = Telling([100.0, 60.0, 1.0])
    assert await server.at_rest()
    assert server.asked == 6


async def test_what_a_session_uses_counts_as_rest():
    server = Telling([95.0, 5.5])
    assert await server.at_rest(15.0)
    assert server.asked == 4


async def test_one_that_never_rests_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process, "REST_PATIENCE", 0.05)
    assert not await Telling([100.0]).at_rest()
