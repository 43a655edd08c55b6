"""What the component tells its page and Gradio: props without secrets, and its value."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import Recording, WebRTC, WebRTCData


def component(**options: Any) -> WebRTC:
    with gr.Blocks(analytics_enabled=False):
        return WebRTC(**options)


async def test_the_page_gets_no_secret_of_the_server() -> None:
    secret = {"iceServers": [{"urls": "turn:t.example", "username": "u", "credential": "hunter2"}]}
    made = component(
        server_rtc_configuration=secret,
        record=Recording("/srv/recordings"),
        allowed_origins=["https://intranet.example"],
    )
    config = made.get_config()
    for private in ("hunter2", "/srv/recordings", "intranet.example"):
        assert private not in str(config)
    assert not {"server_rtc_configuration", "record", "allowed_origins", "frame_format"} & set(
        config
    )


async def test_a_configuration_is_a_prop_and_a_function_is_asked_for() -> None:
    fixed = {"iceServers": [{"urls": "stun:s.example"}]}
    config = component(rtc_configuration=fixed).get_config()
    assert (config["rtc_configuration"], config["dynamic_rtc_configuration"]) == (fixed, False)
    config = component(rtc_configuration=lambda: fixed).get_config()
    assert (config["rtc_configuration"], config["dynamic_rtc_configuration"]) == (None, True)


async def test_a_page_that_asks_whether_the_server_is_there_is_answered() -> None:
    assert await component().reach({"session_hash": "page"}) == {"status": "success"}


async def test_the_value_is_the_id_and_never_the_command_to_start() -> None:
    made = component()
    assert made.preprocess("a") == "a"
    assert made.preprocess(None) is None
    assert made.preprocess("start:token") is None
    assert made.postprocess("a") == "a"


async def test_a_composers_value_is_what_was_submitted() -> None:
    made = component(variant="textbox", modality="audio")
    data = made.preprocess({"webrtc_id": "a", "textbox": "Hello"})
    assert isinstance(data, WebRTCData)
    assert (data.webrtc_id, data.textbox) == ("a", "Hello")
    assert made.postprocess(data) == {"webrtc_id": "a", "textbox": "Hello"}
    with pytest.raises(gr.Error):
        made.preprocess({"webrtc_id": "a", "textbox": 7})


@pytest.mark.parametrize("options", [{}, {"variant": "textbox", "modality": "audio"}])
async def test_the_api_page_shows_an_example_that_is_accepted(options: dict[str, Any]) -> None:
    made = component(**options)
    example = made.example_payload()
    assert made.example_value() == example
    assert made.preprocess(example) is not None
    described = made.api_info()
    wanted = {"string": str, "object": dict}[described["type"]]
    assert isinstance(example, wanted)
    if isinstance(example, dict):
        assert set(example) == set(described["properties"])
