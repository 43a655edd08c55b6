"""A stream's page as an app uses it."""

from __future__ import annotations

import gradio as gr

from gradio_webrtc import Stream, WebRTC
from tests.support.echo_handlers import EchoHandler


async def test_a_page_that_was_assigned_is_kept_and_its_component_found() -> None:
    stream = Stream(EchoHandler(), modality="audio")
    with gr.Blocks() as own:
        microphone = WebRTC(modality="audio")
    stream.ui = own
    assert stream.ui is own
    assert stream.webrtc_component is microphone


async def test_the_component_is_there_before_the_page_was_asked_for() -> None:
    stream = Stream(EchoHandler(), modality="audio")
    assert stream.webrtc_component in stream.ui.blocks.values()
