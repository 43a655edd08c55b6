"""The record of a turn."""

from __future__ import annotations

import dataclasses
import json

from gradio_webrtc import TurnTimings


def test_as_json_has_every_field_under_its_name_to_the_millisecond() -> None:
    timings = TurnTimings("someone", 1_000.00049, True, 1.5, 0.50049, marks={"tool": 0.70051})
    values = json.loads(json.dumps(timings.as_json()))
    assert list(values) == [field.name for field in dataclasses.fields(TurnTimings)]
    assert values["speech_ended_at"] == 1_000.0
    assert values["decided_s"] == 0.5
    assert values["first_heard_s"] is None
    assert values["interrupted"] is False
    assert values["marks"] == {"tool": 0.701}


def test_it_is_a_value() -> None:
    one = TurnTimings("someone", 1.0, True, 1.5, 0.5)
    assert one == dataclasses.replace(one)
    assert len({one, dataclasses.replace(one)}) == 1
    assert dataclasses.asdict(one)["marks"] == {}
