"""The scenarios: what is done to a server to fill one or more rows."""

from __future__ import annotations

from bench.scenarios.audio import AUDIO_SCENARIOS
from bench.scenarios.connect import CONNECT_SCENARIOS
from bench.scenarios.idle import IDLE_SCENARIOS
from bench.scenarios.plan import Scenario
from bench.scenarios.video import VIDEO_SCENARIOS

SCENARIOS: tuple[Scenario, ...] = (
    *AUDIO_SCENARIOS,
    *CONNECT_SCENARIOS,
    *VIDEO_SCENARIOS,
    *IDLE_SCENARIOS,
)
"""In the order they run. The one that makes a peer spin for ever is last."""
