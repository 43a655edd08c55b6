"""What the long parts found: one table, and a file that keeps it."""

from __future__ import annotations

import logging
import sys
import types

import pytest

from proof import __main__ as command
from proof.parts import PARTS, Chart, Finding, run, table
from proof.report.results import merge, read, result

CHART = Chart("Cost", "sessions", "% of a core", {"here": [(1, 4.0), (50, 2.0)]}, bound=3.0)
FOUND = [
    Finding("cost of 50 sessions", "2 %", "3 %", chart=CHART),
    Finding("memory", "3 MB"),
    Finding("frames lost", "7", "0", held=False),
]


@pytest.fixture
def part(monkeypatch):
    """Register a part that finds ``FOUND``, and one that fails."""
    module = types.ModuleType("proof.made_up")
    module.run = lambda seconds: FOUND  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "proof.made_up", module)
    broken = types.ModuleType("proof.broken")
    broken.run = lambda seconds: 1 / 0  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "proof.broken", broken)
    monkeypatch.setitem(PARTS, "made_up", "what a test made up")
    monkeypatch.setitem(PARTS, "broken", "what cannot be measured")
    loggers = [logging.getLogger(name) for name in ("gradio_webrtc", "aiortc", "aioice")]
    levels = [each.level for each in loggers]
    yield "made_up"
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


def test_the_table_says_what_is_asked_and_what_became_of_it():
    lines = table([("a", each) for each in FOUND], {"a": 61.2}).splitlines()
    assert lines[2] == "| a | cost of 50 sessions | 2 % | 3 % | ok | 61 |"
    assert lines[3] == "| a | memory | 3 MB |  |  |  |"
    assert lines[4] == "| a | frames lost | 7 | 0 | **failed** |  |"


def test_results_are_the_same_after_they_were_kept(tmp_path):
    path = tmp_path / "deep" / "results.json"
    first, second = result("a", "this", 1.5, FOUND), result("b", "that", 2.0, FOUND[:1])
    merge(path, [first])
    merge(path, [second])
    assert read(path) == {"a": first, "b": second}
    again = result("a", "this", 3.0, FOUND[1:])
    merge(path, [again])
    assert read(path) == {"a": again, "b": second}


def test_a_file_that_is_something_else_is_told_of(tmp_path):
    path = tmp_path / "results.json"
    path.write_text('{"rows": {}}')
    with pytest.raises(ValueError, match="no file of results"):
        read(path)


def test_a_run_prints_one_table_keeps_the_results_and_fails_for_a_bound(part, tmp_path, capsys):
    path = tmp_path / "results.json"
    assert command.main([part, "broken", "--results", str(path)]) == 1
    out = capsys.readouterr().out
    assert out.count("what is claimed") == 1
    assert "| made_up | cost of 50 sessions | 2 % | 3 % | ok |" in out
    assert (
        "| broken | it ran | ZeroDivisionError: division by zero | no error | **failed** |" in out
    )
    kept = read(path)
    assert kept["made_up"].findings == tuple(FOUND)
    assert kept["made_up"].about == "what a test made up"
    assert not kept["broken"].held


def test_a_part_lasts_as_long_as_it_is_told_or_as_it_says_or_as_all(part, monkeypatch):
    lasted: list[float] = []
    module = sys.modules["proof.made_up"]
    monkeypatch.setattr(module, "run", lambda seconds: lasted.append(seconds) or FOUND)
    run(part, 5.0)
    run(part, None)
    monkeypatch.setattr(module, "SECONDS", 600.0, raising=False)
    run(part, None)
    assert lasted == [5.0, 180.0, 600.0]


def test_a_part_that_is_not_there_is_told_of(capsys):
    assert command.main(["nothing"]) == 2
    assert "there are hearing" in capsys.readouterr().err
