"""What an app's author passes: refused with what to pass instead."""

from __future__ import annotations

from typing import Any

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.options import (
    check_component_options,
    limit_or_none,
    number_or_none,
    one_of,
)

GOOD: dict[str, Any] = {
    "mode": "send-receive",
    "modality": "audio",
    "frame_format": "rgb24",
    "rtc_configuration": None,
    "server_rtc_configuration": None,
    "track_constraints": None,
    "rtp_params": None,
    "button_labels": None,
}


def test_defaults_are_filled_in() -> None:
    options = check_component_options(**GOOD)
    assert options.rtp_params == {}
    assert options.button_labels == {"start": "", "stop": "", "waiting": ""}
    assert options.turn_labels == {}


def test_what_was_given_is_kept() -> None:
    options = check_component_options(
        **{
            **GOOD,
            "rtc_configuration": {"iceServers": []},
            "server_rtc_configuration": lambda: None,
            "track_constraints": {"width": 1},
            "rtp_params": {"degradationPreference": "maintain-framerate"},
            "button_labels": {"start": "Go"},
            "turn_labels": {"thinking": "Hm…"},
        }
    )
    assert options.rtp_params == {"degradationPreference": "maintain-framerate"}
    assert options.button_labels == {"start": "Go", "stop": "", "waiting": ""}
    assert options.turn_labels == {"thinking": "Hm…"}


def test_turns_can_be_left_unshown() -> None:
    assert check_component_options(**GOOD, turn_labels=False).turn_labels is False


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("mode", "both", "mode must be one of 'send-receive', 'send', 'receive'"),
        ("modality", "sound", "modality must be one of"),
        ("modality", ["audio"], "modality must be one of"),
        ("frame_format", "yuv", "frame_format must be"),
        ("rtc_configuration", "stun:host", "rtc_configuration must be a dict"),
        ("server_rtc_configuration", {"iceServers": 7}, "server_rtc_configuration"),
        ("track_constraints", 7, "track_constraints must be a dict; got int"),
        ("rtp_params", [], "rtp_params must be a dict; got list"),
        ("turn_labels", {"busy": "Hm"}, r"unknown keys \['busy'\]; it takes listening, speaking"),
        ("button_labels", {"go": "Go"}, r"unknown keys \['go'\]; it takes start, stop, waiting"),
    ],
)
def test_an_option_that_cannot_work_is_named(option: str, value: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        check_component_options(**{**GOOD, option: value})


def test_a_configuration_error_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match="must be one of"):
        one_of("x", 1, (2, 3))


@pytest.mark.parametrize(("value", "seconds"), [(None, None), (1, 1.0), (0.5, 0.5), (90, 90.0)])
def test_seconds(value: object, seconds: float | None) -> None:
    assert number_or_none("time_limit", value) == seconds


@pytest.mark.parametrize("value", [0, -1, True, "60", float("nan"), float("inf"), [1], 1e12])
def test_what_are_no_seconds(value: object) -> None:
    with pytest.raises(ConfigurationError, match="time_limit must be a positive number of seconds"):
        number_or_none("time_limit", value)


@pytest.mark.parametrize(("value", "limit"), [("default", 1), (None, None), (1, 1), (20, 20)])
def test_limits(value: object, limit: int | None) -> None:
    assert limit_or_none(value) == limit


@pytest.mark.parametrize("value", [0, -1, True, 1.0, "many", "1", [1]])
def test_what_is_no_limit(value: object) -> None:
    with pytest.raises(ConfigurationError, match="concurrency_limit must be a positive integer"):
        limit_or_none(value)
