"""What a composer sends: hostile until parsed, and bounded."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import WebRTC, WebRTCData
from gradio_webrtc.errors import ConfigurationError, InvalidIdError, InvalidSubmissionError
from gradio_webrtc.session.submissions import MAX_TEXT, Speech, parse_submission

ID = "3f0c9a52-7f27-4f0e-9b1e-6b3f0e8a5d11"


def composer(**options: Any) -> WebRTC:
    return WebRTC(modality="audio", variant="textbox", **options)


def test_what_a_page_and_an_api_client_send_is_data() -> None:
    data = parse_submission({"webrtc_id": ID, "textbox": "Hi", "number": 3})
    assert data == WebRTCData(ID, "Hi")
    assert data is not None
    assert data.number == 3
    assert parse_submission(ID) == WebRTCData(ID)
    assert parse_submission({"webrtc_id": ID, "audio": "x", "more": 1}) == WebRTCData(ID)
    assert parse_submission(None) is None


@pytest.mark.parametrize(
    "payload",
    [
        7,
        [],
        [ID, "Hi"],
        {"webrtc_id": ID, "textbox": None},
        {"webrtc_id": ID, "textbox": ["Hi"]},
        {"webrtc_id": ID, "textbox": "x" * (MAX_TEXT + 1)},
        {"webrtc_id": ID, "number": 0},
        {"webrtc_id": ID, "number": True},
        {"webrtc_id": ID, "number": "1"},
        {"webrtc_id": ID, "number": 1.5},
        {"webrtc_id": ID, "number": 10**400},
    ],
)
def test_anything_else_is_refused(payload: object) -> None:
    with pytest.raises(InvalidSubmissionError):
        parse_submission(payload)


@pytest.mark.parametrize(
    "payload", [{}, {"webrtc_id": None}, {"webrtc_id": ["a"]}, "../etc", "", "x" * 200]
)
def test_an_id_that_is_none_is_refused(payload: object) -> None:
    with pytest.raises(InvalidIdError):
        parse_submission(payload)


def test_the_component_gives_listeners_data_and_shows_why_not() -> None:
    component = composer()
    payload = {"webrtc_id": ID, "textbox": "Hi", "number": 1}
    assert component.preprocess(payload) == WebRTCData(ID, "Hi")
    assert component.preprocess(None) is None
    with pytest.raises(gr.Error, match=f"at most {MAX_TEXT}"):
        component.preprocess({"webrtc_id": ID, "textbox": "x" * 40_000})
    sound = (48_000, np.zeros((1, 9), np.int16))
    assert component.postprocess(WebRTCData(ID, "Hi", sound)) == {"webrtc_id": ID, "textbox": "Hi"}
    assert component.postprocess(None) is None


def test_other_components_keep_their_plain_id() -> None:
    component = WebRTC(modality="audio")
    assert component.preprocess(ID) == ID
    assert component.api_info()["type"] == "string"
    assert composer().api_info()["type"] == "object"
    assert composer().preprocess(composer().example_payload()) == WebRTCData(
        composer().example_payload()["webrtc_id"], "Hi"
    )


def test_the_placeholder_and_the_variant_reach_the_page() -> None:
    config = composer(placeholder="Ask me").get_config()
    assert (config["variant"], config["placeholder"]) == ("textbox", "Ask me")


def test_a_composer_is_for_audio_that_is_sent() -> None:
    with pytest.raises(ConfigurationError, match="textbox"):
        WebRTC(modality="video", variant="textbox")
    with pytest.raises(ConfigurationError, match="receive"):
        WebRTC(modality="audio", mode="receive", variant="textbox")


@pytest.mark.asyncio
@pytest.mark.parametrize(("chosen", "expected"), [(None, "multiple"), ("once", "once")])
async def test_no_submit_is_lost_to_a_busy_listener_unless_its_author_wants_that(
    chosen: str | None, expected: str
) -> None:
    with gr.Blocks() as demo:  # needs a running event loop, else it leaves one of its own open
        component: Any = composer()
        component.submit(lambda data: None, component, trigger_mode=chosen)
        component.start_recording(lambda data: None, component)
    submit, other = demo.fns.values()
    assert (submit.trigger_mode, other.trigger_mode) == (expected, "once")


def sound(value: int, count: int, channels: int = 1) -> Any:
    return np.full((channels, count), value, np.int16)


def test_speech_is_kept_until_it_is_taken() -> None:
    speech = Speech(1.0)
    assert speech.take() is None
    speech.append(100, sound(1, 30))
    speech.append(100, sound(2, 30))
    taken = speech.take()
    assert taken is not None
    rate, samples = taken
    assert (rate, samples.shape, samples.dtype) == (100, (1, 60), np.int16)
    assert (samples[0, 0], samples[0, -1]) == (1, 2)
    assert speech.take() is None


def test_only_the_last_seconds_are_kept() -> None:
    speech = Speech(1.0)
    for value in range(50):
        speech.append(100, sound(value, 30))
    assert len(speech._parts) < 6
    taken = speech.take()
    assert taken is not None
    assert taken[1].shape == (1, 100)
    assert set(taken[1][0]) == {46, 47, 48, 49}


def test_stereo_is_taken_as_mono() -> None:
    speech = Speech(1.0)
    speech.append(100, np.array([[100, -32_768], [300, -32_768]], np.int16))
    taken = speech.take()
    assert taken is not None
    assert taken[1].tolist() == [[200, -32_768]]
