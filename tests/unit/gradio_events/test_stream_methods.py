"""What an app's author calls on the component."""

from __future__ import annotations

import inspect

import gradio as gr
import pytest

from gradio_webrtc import ConfigurationError, UnknownConnectionError, WebRTC, WebRTCData
from gradio_webrtc.gradio_events.stream_methods import only_or_all

STREAM = [
    "fn", "inputs", "outputs", "js", "concurrency_limit", "concurrency_id", "time_limit",
    "trigger", "send_input_on",
]  # fmt: skip
ON_ADDITIONAL_OUTPUTS = [
    "fn", "inputs", "outputs", "js", "concurrency_limit", "concurrency_id", "show_progress",
    "queue", "show_progress_on", "key",
]  # fmt: skip


def streamed() -> WebRTC:
    with gr.Blocks():
        camera = WebRTC(label="Door")
        camera.stream(lambda image: image, inputs=[camera], outputs=[camera])
    return camera


async def test_parameters_have_the_published_names_and_order() -> None:
    camera = WebRTC()
    assert list(inspect.signature(camera.stream).parameters) == [*STREAM, "executor"]
    assert list(inspect.signature(camera.on_additional_outputs).parameters) == ON_ADDITIONAL_OUTPUTS


async def test_one_component_has_one_stream() -> None:
    with gr.Blocks():
        camera = WebRTC(label="Door")
        camera.stream(lambda image: image, inputs=[camera], outputs=[camera])
        with pytest.raises(ConfigurationError, match=r"WebRTC\(label='Door'\): stream\(\) was"):
            camera.stream(lambda image: image, inputs=[camera], outputs=[camera])


async def test_the_time_limit_of_the_stream_wins() -> None:
    with gr.Blocks():
        camera = WebRTC(time_limit=60)
        camera.stream(lambda image: image, [camera], [camera], time_limit=5)
    assert camera.time_limit == 5


async def test_errors_name_the_component() -> None:
    with gr.Blocks():
        camera = WebRTC(label="Door")
        with pytest.raises(ConfigurationError, match=r"^WebRTC\(label='Door'\)\.stream\(\): the f"):
            camera.stream(lambda image: image, inputs=[], outputs=[camera])
        with pytest.raises(ConfigurationError, match=r"^WebRTC\(label='Door'\)\.stream\(\): .*val"):
            camera.stream(lambda: None, inputs=[camera], outputs=[camera])


async def test_ending_a_connection_that_is_gone_does_nothing() -> None:
    camera = streamed()
    camera.close_stream("gone")
    camera.close_stream(WebRTCData("gone"))
    camera.close_stream(None)


async def test_asking_for_a_connection_that_is_gone_is_refused() -> None:
    camera = streamed()
    with pytest.raises(UnknownConnectionError):
        camera.set_input("gone", 1, missing_ok=False)


async def test_other_outputs_get_what_the_handler_says_unless_the_app_listens():
    with gr.Blocks() as demo:
        one, two = gr.Textbox(), gr.Textbox()
        plain, listened = WebRTC(), WebRTC()
        plain.stream(lambda frame: frame, inputs=[plain], outputs=[plain, one, two])
        listened.stream(lambda frame: frame, inputs=[listened], outputs=[one])
        assert len(listened.listeners.ids()) == 1
        own = listened.on_additional_outputs(lambda old, new: new, inputs=[one], outputs=[one])
        more = listened.on_additional_outputs(lambda new: new, outputs=[two])
    [shown] = plain.listeners.ids()
    assert demo.fns[shown].outputs == [one, two]
    assert listened.listeners.ids() == [own["id"], more["id"]]
    assert listened._streaming().listeners == listened.listeners.readers
    assert (only_or_all(1), only_or_all(1, 2)) == (1, (1, 2))
