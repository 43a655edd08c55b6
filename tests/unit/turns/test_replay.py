"""Speech, noise, music and coughs through the embedded detector and the default options."""

from __future__ import annotations

import statistics
from functools import cache

import pytest

from bench.turns.material import MATERIAL
from bench.turns.replay import Findings, replay
from bench.turns.report import faults, table
from gradio_webrtc.turns.options import AlgoOptions


@cache
def replayed(name: str) -> Findings:
    return replay(MATERIAL[name]())


@pytest.mark.parametrize("name", MATERIAL)
def test_every_turn_is_found_whole_and_nothing_else(name: str) -> None:
    findings = replayed(name)
    assert not faults({name: findings})
    assert findings.found == findings.turns


@pytest.mark.parametrize("name", ["sentences", "single words", "a fan, 5 dB below"])
def test_a_turn_is_over_half_a_second_after_its_last_word(name: str) -> None:
    findings = replayed(name)
    assert 0.45 < statistics.median(findings.end_delays) < 0.57
    assert max(findings.start_delays) < 0.45


@pytest.mark.parametrize("silence_ms", [300, 1_000])
def test_silence_ms_moves_the_end(silence_ms: int) -> None:
    findings = replay(MATERIAL["single words"](), AlgoOptions(silence_ms=silence_ms))
    median = statistics.median(findings.end_delays)
    assert silence_ms / 1000 < median < silence_ms / 1000 + 0.08
    assert findings.found == findings.turns


def test_faults_are_told() -> None:
    impatient = replay(MATERIAL["monologues"](), AlgoOptions(silence_ms=150))
    assert impatient.cut_offs
    assert "cut-offs" in faults({"monologues": impatient})[0]
    assert "| monologues" in table({"monologues": impatient})
