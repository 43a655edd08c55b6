"""A component that an author left without what it needs: the log and the page say what that is."""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import ConfigurationError, WebRTC


async def test_a_component_without_a_stream_is_told_of_once_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with gr.Blocks(analytics_enabled=False):
        component = WebRTC(label="Camera")
    for ask in (component.offer, component.wait_for_place, component.ice_configuration):
        answer: dict[str, Any] = await ask({})
        assert answer["meta"]["error"] == "no_stream"
        assert "webrtc.stream(handler" in answer["meta"]["message"]
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "WebRTC(label='Camera'): nothing is connected" in record.getMessage()


@pytest.mark.filterwarnings("ignore:The parameters have been moved")  # Gradio's own, of its loading
async def test_a_component_that_was_loaded_from_another_app_says_where_to_go() -> None:
    with gr.Blocks(analytics_enabled=False) as demo:
        video = WebRTC(label="Camera")
        video.stream(lambda image: image, [video], [video])
    config: Any = demo.get_config_file()
    loaded = gr.Blocks.from_config(config, [print] * len(demo.fns), "https://example.org")
    (component,) = (block for block in loaded.blocks.values() if isinstance(block, WebRTC))
    answer: dict[str, Any] = await component.offer({})
    assert answer["meta"]["error"] == "loaded_from_elsewhere"
    assert "https://example.org" in answer["meta"]["message"]


async def test_what_needs_an_app_says_so_outside_of_one() -> None:
    video = WebRTC()
    with pytest.raises(ConfigurationError, match=r"WebRTC\.stream\(\) must be called inside"):
        video.stream(lambda image: image, [video], [video])
    with pytest.raises(ConfigurationError, match=r"on_additional_outputs\(\) must be called in"):
        video.on_additional_outputs(print)
