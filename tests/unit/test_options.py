"""What an app's author passes: refused with what to pass instead."""

from __future__ import annotations

import inspect
from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import Stream, WebRTC
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.options import (
    PageOptions,
    StreamOptions,
    check_page_options,
    check_stream_options,
    limit_or_none,
    number_or_none,
    one_of,
)
from gradio_webrtc.transports.media_preferences import MediaPreferences

STREAM: dict[str, Any] = {
    "mode": "send-receive",
    "modality": "audio",
    "frame_format": "rgb24",
    "rtc_configuration": None,
    "server_rtc_configuration": None,
}


def check(**changes: Any) -> tuple[StreamOptions, PageOptions]:
    """Check the options of a component that differs from a plain one by ``changes``."""
    for_the_page = inspect.signature(check_page_options).parameters
    page = {name: changes.pop(name) for name in list(changes) if name in for_the_page}
    stream = check_stream_options(**{**STREAM, **changes})
    return stream, check_page_options(stream, **page)


def test_defaults_are_filled_in() -> None:
    _, options = check()
    assert options.rtp_params == {}
    assert options.button_labels == {"start": "", "stop": "", "waiting": "", "talk": ""}
    assert options.turn_labels == {}


def test_what_was_given_is_kept() -> None:
    _, options = check(
        rtc_configuration={"iceServers": []},
        server_rtc_configuration=lambda: None,
        track_constraints={"width": 1},
        rtp_params={"degradationPreference": "maintain-framerate"},
        button_labels={"start": "Go"},
        turn_labels={"thinking": "Hm…"},
    )
    assert options.rtp_params == {"degradationPreference": "maintain-framerate"}
    assert options.button_labels == {"start": "Go", "stop": "", "waiting": "", "talk": ""}
    assert options.turn_labels == {"thinking": "Hm…"}


@pytest.mark.parametrize("page", [{"modality": "video"}, {"mode": "receive"}])
def test_a_button_to_talk_needs_a_page_that_sends_sound(page: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="push_to_talk needs a page that sends sound"):
        check(**{"modality": "audio", **page}, push_to_talk=True)
    check(modality="audio-video", push_to_talk=True)


@pytest.mark.parametrize("mode", ["send-receive", "send"])
def test_only_what_people_watch_is_shared(mode: str) -> None:
    with pytest.raises(ConfigurationError, match=r'shared=True is for mode="receive"'):
        check(mode=mode, shared=True)
    assert check(mode="receive", shared=True)[0].shared


def test_as_many_watch_what_is_shared_as_come_unless_there_is_a_limit() -> None:
    assert limit_or_none("default") == 1
    assert limit_or_none("default", shared=True) is None
    assert limit_or_none(3, shared=True) == 3


def test_turns_can_be_left_unshown() -> None:
    assert check(turn_labels=False)[1].turn_labels is False


async def test_a_component_and_a_mounted_stream_are_made_alike() -> None:
    """Whatever both are told reaches the settings of both."""
    told: dict[str, Any] = {
        "mode": "send-receive",
        "modality": "video",
        "frame_format": "bgr24",
        "time_limit": 7,
        "allow_extra_tracks": True,
        "rtc_configuration": {"iceServers": []},
        "server_rtc_configuration": {"iceServers": [{"urls": "stun:host"}]},
        "video_codec": "H264",
        "max_bitrate": {"audio": 20_000, "video": 300_000},
        "max_resolution": (640, 480),
        "candidate_addresses": "public",
        "allowed_origins": ["https://example.org"],
    }
    stream = Stream(lambda image: image, **told).host.settings
    with gr.Blocks():
        component = WebRTC(**told)
        component.stream(lambda image: image, inputs=[component], outputs=[component])
    assert component._host is not None
    own = {"make_handler", "check_args"}
    assert {name: value for name, value in vars(stream).items() if name not in own} == {
        name: value for name, value in vars(component._host.settings).items() if name not in own
    }
    assert stream.limits.time_limit == 7
    assert stream.preferences == MediaPreferences("H264", 20_000, 300_000, (640, 480))
    assert (stream.frame_format, stream.allow_extra_tracks) == ("bgr24", True)
    assert stream.allowed_origins == ["https://example.org"]
    assert stream.candidate_addresses == "public"


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
        ("fallback", "http", "fallback must be one of 'websocket', None"),
        ("turn_labels", {"busy": "Hm"}, r"unknown keys \['busy'\]; it takes listening, speaking"),
        (
            "button_labels",
            {"go": "Go"},
            r"unknown keys \['go'\]; it takes start, stop, waiting, talk",
        ),
    ],
)
def test_an_option_that_cannot_work_is_named(option: str, value: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        check(**{option: value})


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
