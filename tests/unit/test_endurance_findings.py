"""What the long proofs make of what they saw: growth is told, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proof import aborts, soak
from proof.calls.process_state import State
from proof.parts import Finding

STATE = State(
    memory=400.0,
    allocated=130.0,
    descriptors=10,
    threads=5,
    sessions=0,
    tasks=3,
    objects=180_000,
)
CYCLES = (100, 200, 400, 600)


def broken(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings if not finding.held]


def test_calls_that_leave_nothing() -> None:
    warming_up = [replace(STATE, memory=memory) for memory in (190.0, 380.0, 390.0, 395.0, 400.0)]
    findings = aborts.findings(CYCLES, warming_up, failed=0)
    assert broken(findings) == []
    told = next(finding for finding in findings if finding.what == "memory, in MB")
    assert told.value.endswith("400 after 600")


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("allocated", replace(STATE, allocated=140.0)),
        ("memory", replace(STATE, memory=425.0)),
        ("descriptors", replace(STATE, descriptors=11)),
        ("threads", replace(STATE, threads=6)),
        ("tasks", replace(STATE, tasks=4)),
        ("Python objects", replace(STATE, objects=190_000)),
    ],
)
def test_what_calls_leave_is_told(what: str, left: State) -> None:
    [found] = broken(aborts.findings(CYCLES, [STATE, STATE, STATE, STATE, left], failed=0))
    assert found.startswith(what)


def test_what_the_last_tasks_run_is_told() -> None:
    left = replace(STATE, tasks=4, running=("serve", "a session's"))
    findings = aborts.findings(CYCLES, [STATE, STATE, STATE, STATE, left], failed=0)
    assert any(finding.value == "serve, a session's" for finding in findings)


def test_a_call_that_failed_is_told() -> None:
    assert broken(aborts.findings(CYCLES, [STATE] * 5, failed=1)) == [
        "calls that could not be made"
    ]


def look(memory: float = 400.0, delay: float = 100.0, threads: int = 30) -> soak.Look:
    state = replace(STATE, memory=memory, threads=threads, sessions=10)
    return soak.Look(state, 40.0, dict.fromkeys(soak.KINDS, delay))


def test_sessions_that_stay_as_they_are() -> None:
    looks = [look(300.0, 400.0, 20), *[look(), look(401.0, 105.0)] * 3]
    assert broken(soak.growth(looks)) == []


def test_memory_delays_and_threads_that_grow() -> None:
    looks = [look(), look(), look(), look(420.0, 130.0, 31)]
    assert len(broken(soak.growth(looks))) == 2 + len(soak.KINDS)


def test_a_delay_that_nobody_could_measure_does_not_hold() -> None:
    looks = [look(), look(), look(), look(delay=float("nan"))]
    assert len(broken(soak.growth(looks))) == len(soak.KINDS)
