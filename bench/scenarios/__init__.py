"""The scenarios: what is done to a server to fill one or more rows."""

from __future__ import annotations

from bench.scenarios.audio import AUDIO_SCENARIOS
from bench.scenarios.ball import BALL_SCENARIO
from bench.scenarios.chromium import CHROMIUM_SCENARIOS
from bench.scenarios.connect import AUDIO_CONNECT, VIDEO_CONNECT
from bench.scenarios.idle import IDLE_SCENARIOS
from bench.scenarios.memory import MEMORY_SCENARIO
from bench.scenarios.package import PACKAGE_SCENARIOS
from bench.scenarios.phone import PHONE_SCENARIOS
from bench.scenarios.plan import Scenario
from bench.scenarios.turns import TURN_SCENARIOS
from bench.scenarios.video import VIDEO_SCENARIOS
from bench.scenarios.viewers import VIEWER_SCENARIOS
from bench.scenarios.websocket import WEBSOCKET_SCENARIOS

SCENARIOS: tuple[Scenario, ...] = (
    AUDIO_CONNECT,
    *CHROMIUM_SCENARIOS,
    *AUDIO_SCENARIOS,
    *WEBSOCKET_SCENARIOS,
    VIDEO_CONNECT,
    *VIDEO_SCENARIOS,
    *VIEWER_SCENARIOS,
    *TURN_SCENARIOS,
    BALL_SCENARIO,
    *PHONE_SCENARIOS,
    MEMORY_SCENARIO,
    *PACKAGE_SCENARIOS,
    *IDLE_SCENARIOS,
)
"""In the order they run, those with one handler together: they share a server. The one that makes a
peer spin for ever is last."""
