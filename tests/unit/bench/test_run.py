"""Which process a scenario runs in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import run
from bench.process import AT_REST, Peer, Server
from bench.results import Reading, reading
from bench.run import Runner
from bench.scenarios.plan import QUICK, Pace, Scenario


async def _peer(name: str) -> Peer:
    return Peer(name, Path("python"), "none")


def _scenario(handler: str, row: str, *, alone: bool = False) -> Scenario:
    async def measure(server: Server, pace: Pace) -> Sequence[Reading]:
        return (reading(row, [1.0]),)

    return Scenario(handler, (row,), measure, alone=alone)


@pytest.mark.parametrize(
    ("reuse", "expected"),
    [
        (True, [("a", "c"), ("b",), ("a", "c")]),
        (False, [("a",), ("b",), ("c",)]),
    ],
)
async def test_what_leaves_something_behind_has_a_process_of_its_own(
    monkeypatch: pytest.MonkeyPatch, reuse: bool, expected: list[tuple[str, ...]]
):
    started: list[tuple[str, ...]] = []

    class NoServer(Server):
        async def start(self) -> None:
            started.append(tuple(self._handlers))

        async def at_rest(self, most: float = AT_REST) -> bool:
            return True

    monkeypatch.setattr(run, "Server", NoServer)
    monkeypatch.setattr(run, "make_peer", _peer)
    scenarios = [
        _scenario("a", "idle"),
        _scenario("b", "memory", alone=True),
        _scenario("c", "turn"),
    ]
    await Runner(["here"], QUICK, reuse=reuse).run(scenarios)
    assert started == expected


async def test_a_scenario_begins_when_the_one_before_has_left_nothing_to_do(
    monkeypatch: pytest.MonkeyPatch,
):
    happened: list[str] = []

    class Restless(Server):
        async def start(self) -> None:
            happened.append("start")

        async def at_rest(self, most: float = AT_REST) -> bool:
            happened.append("rest")
            return True

    def noted(row: str) -> Scenario:
        async def measure(server: Server, pace: Pace) -> Sequence[Reading]:
            happened.append(row)
            return (reading(row, [1.0]),)

        return Scenario("a", (row,), measure)

    monkeypatch.setattr(run, "Server", Restless)
    monkeypatch.setattr(run, "make_peer", _peer)
    await Runner(["here"], QUICK, reuse=True).run([noted("idle"), noted("turn")])
    assert happened == ["start", "rest", "idle", "rest", "turn"]
