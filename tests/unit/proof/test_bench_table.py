"""What the benchmark's JSON says, as rows and pictures."""

from __future__ import annotations

from bench.report import as_json
from bench.results import failed, reading
from proof.bench_table import findings

READINGS = {
    "audio-1": {
        "fastrtc": reading("audio-1", [170.0, 176.0, 180.0]),
        "bare": failed("audio-1", "did not start"),
        "here": reading("audio-1", [100.0, 104.0, 111.0]),
    },
    "turn": {
        "fastrtc": reading("turn", [930.0]),
        "here": reading("turn", [507.0], lost=1.0),
    },
    "turn-spread": {"here": reading("turn-spread", [61.0])},
    "idle": {"here": failed("idle", "hung")},
    "memory": {"here": reading("memory", [0.44])},
}


def test_rows_are_held_against_their_budgets_with_the_peers_beside():
    echo, turn, spread, idle, memory, delays = findings(as_json(READINGS, [])["rows"])
    assert echo.value == "104 ms, fastrtc 176 ms, bare failed: did not start"
    assert (echo.bound, echo.held) == ("110 ms", True)  # that another one failed is no fault here
    assert turn.value == "507 ms, 1 lost, fastrtc 930 ms"
    assert not turn.held  # within the budget, but none may be lost
    assert (spread.what, spread.held) == ("the same: slowest less fastest (turn-spread)", False)
    assert (idle.value, idle.held) == ("failed: hung", False)
    assert memory.value == "0.4 MB"
    assert delays.chart is not None
    assert list(delays.chart.lines) == ["here", "fastrtc"]
    assert delays.chart.lines["here"] == [("audio-1", 104.0), ("turn", 507.0)]
    assert delays.chart.lines["fastrtc"] == [("audio-1", 176.0), ("turn", 930.0)]


def test_what_was_not_measured_of_this_package_failed():
    (echo, *_) = findings(as_json({"audio-1": {"bare": reading("audio-1", [1.0])}}, [])["rows"])
    assert (echo.value, echo.held) == ("failed: not measured, bare 1 ms", False)
