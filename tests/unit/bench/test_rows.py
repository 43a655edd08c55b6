"""The rows of the benchmark and what fills them."""

from __future__ import annotations

from bench.report import cell, table
from bench.results import failed, reading
from bench.rows import ROW_BY_ID, ROWS
from bench.scenarios import SCENARIOS


def test_every_row_is_filled_by_one_scenario():
    filled = [row for scenario in SCENARIOS for row in scenario.rows]
    assert sorted(filled) == sorted(row.id for row in ROWS)


def test_a_size_is_told_to_a_tenth_and_a_failure_by_its_reason():
    wheel = ROW_BY_ID["install-wheel"]
    assert cell(wheel, reading("install-wheel", [1.234])) == "1.2 MB"
    assert cell(wheel, failed("install-wheel", "no wheel")) == "failed: no wheel"


def test_lip_sync_is_held_against_its_budget_over_the_whole_clip():
    found = {
        "lip-sync": {"here": reading("lip-sync", [20.0])},
        "lip-sync-max": {"here": reading("lip-sync-max", [81.0])},
    }
    lines = table(found, ["here"]).splitlines()
    assert lines[2].endswith("| ok   |")
    assert lines[3].endswith("| over |")
