"""What can be tuned about turn taking, and what cannot work."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gradio_webrtc import AlgoOptions, ConfigurationError, InterruptionOptions, SileroVadOptions


def test_published_defaults() -> None:
    algo = AlgoOptions()
    assert algo.audio_chunk_duration == 0.6
    assert algo.started_talking_threshold == 0.2
    assert algo.speech_threshold == 0.1
    assert algo.max_continuous_speech_s == math.inf
    assert algo.silence_ms is None
    vad = SileroVadOptions()
    assert (vad.threshold, vad.min_speech_duration_ms, vad.speech_pad_ms) == (0.5, 250, 400)
    assert vad.max_speech_duration_s == math.inf
    assert (vad.min_silence_duration_ms, vad.window_size_samples) == (2000, 1024)
    assert (InterruptionOptions().min_speech_s, InterruptionOptions().resume) == (0.6, True)


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (AlgoOptions, "audio_chunk_duration", 0),
        (AlgoOptions, "audio_chunk_duration", 61),
        (AlgoOptions, "audio_chunk_duration", math.nan),
        (AlgoOptions, "started_talking_threshold", -0.1),
        (AlgoOptions, "started_talking_threshold", 0.6),
        (AlgoOptions, "speech_threshold", 0.6),
        (AlgoOptions, "max_continuous_speech_s", 0),
        (AlgoOptions, "silence_ms", 0),
        (AlgoOptions, "silence_ms", -1),
        (SileroVadOptions, "threshold", 0),
        (SileroVadOptions, "threshold", 1),
        (SileroVadOptions, "max_speech_duration_s", 0),
        (SileroVadOptions, "min_speech_duration_ms", 10_001),
        (SileroVadOptions, "speech_pad_ms", -1),
        (InterruptionOptions, "min_speech_s", -0.1),
        (InterruptionOptions, "min_speech_s", math.inf),
    ],
)
def test_what_cannot_work_is_named_with_its_value(kind: Any, name: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} .*not {value!r}"):
        kind(**{name: value})


@pytest.mark.parametrize(
    "options",
    [
        {"audio_chunk_duration": 60},
        {"speech_threshold": 0, "started_talking_threshold": 0},
        {"audio_chunk_duration": 2.0, "started_talking_threshold": 1.9, "speech_threshold": 1.9},
        {"max_continuous_speech_s": 0.1, "silence_ms": 0.5},
    ],
)
def test_the_bounds_themselves_can(options: dict[str, Any]) -> None:
    algo = AlgoOptions(**options)
    assert {name: getattr(algo, name) for name in options} == options
