"""The arguments of ``WebRTC.stream()``, and the events that are wired for it."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import ConfigurationError, WebRTC


def same(frame: Any, *values: Any) -> Any:
    return frame


class Page:
    """A page with a component, a slider and a button."""

    def __init__(self, **options: Any) -> None:
        with gr.Blocks(analytics_enabled=False) as self.demo:
            self.webrtc = WebRTC(**options)
            self.slider, self.button = gr.Slider(), gr.Button()

    def stream(self, fn: Any = same, **changes: Any) -> Any:
        arguments: dict[str, Any] = {"inputs": [self.webrtc], "outputs": [self.webrtc], **changes}
        with self.demo:
            return self.webrtc.stream(fn, **arguments)

    def listeners(self) -> list[tuple[str, bool, str | None]]:
        """Return the events that have listeners, whether queued, and their trigger modes."""
        return [
            (event, fn.queue is not False, fn.trigger_mode)
            for fn in self.demo.fns.values()
            for _, event in fn.targets
        ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"inputs": None}, "first of inputs must be the component itself.*got nothing"),
        ({"inputs": "video"}, "inputs must be a component or a list of components; got 'video'"),
        ({"outputs": None}, "outputs must be the component itself"),
        ({"trigger": print}, 'trigger is for mode "receive" only'),
        ({"send_input_on": "blur"}, "send_input_on"),
        ({"concurrency_limit": 0}, "concurrency_limit"),
        ({"time_limit": -1}, "time_limit"),
        ({"fn": lambda: None}, r"Camera.*stream\(\)"),
    ],
)
async def test_an_argument_that_cannot_work_is_named_with_the_component(
    arguments: dict[str, Any], words: str
) -> None:
    page = Page(label="Camera")
    with pytest.raises(ConfigurationError, match=words) as caught:
        page.stream(**arguments)
    assert "WebRTC(label='Camera')" in str(caught.value)


async def test_other_components_may_not_come_first_nor_the_component_twice() -> None:
    page = Page()
    with pytest.raises(ConfigurationError, match="got Slider"):
        page.stream(inputs=[page.slider, page.webrtc])
    with pytest.raises(ConfigurationError, match="only once"):
        page.stream(inputs=[page.webrtc, page.webrtc])
    with pytest.raises(ConfigurationError, match="outputs must be the component itself"):
        page.stream(outputs=[page.webrtc, page.webrtc])


async def test_mode_receive_needs_a_trigger_and_sends_nothing() -> None:
    page = Page(mode="receive", modality="audio")
    with pytest.raises(ConfigurationError, match="needs trigger="):
        page.stream(lambda: iter(()), inputs=[])
    with pytest.raises(ConfigurationError, match="cannot be among inputs"):
        page.stream(lambda: iter(()), trigger=page.button.click)


async def test_values_are_sent_when_asked_for_and_when_they_change_unqueued_and_none_lost() -> None:
    page = Page()
    page.stream(inputs=[page.webrtc, page.slider])
    assert sorted(page.listeners()) == [
        ("change", False, "multiple"),
        ("tick", False, "multiple"),
    ]


async def test_values_may_be_sent_on_submit_of_what_has_one() -> None:
    page = Page()
    with page.demo:
        box = gr.Textbox()
    page.stream(inputs=[page.webrtc, page.slider, box], send_input_on="submit")
    assert sorted(event for event, _, _ in page.listeners()) == ["submit", "tick"]


async def test_a_generator_keeps_the_values_of_its_press() -> None:
    page = Page(mode="receive", modality="audio")
    page.stream(lambda value: iter(()), inputs=[page.slider], trigger=page.button.click)
    assert sorted(event for event, _, _ in page.listeners()) == ["click", "tick"]


async def test_a_stream_may_have_its_own_time_limit() -> None:
    page = Page(time_limit=60)
    page.stream(time_limit=5)
    assert page.webrtc.time_limit == 5
    page = Page(time_limit=60)
    page.stream()
    assert page.webrtc.time_limit == 60


async def test_none_of_many_submits_is_lost() -> None:
    page = Page(variant="textbox", modality="audio")
    with page.demo:
        page.webrtc.submit(same, [page.webrtc])  # type: ignore[attr-defined]
        page.webrtc.submit(same, [page.webrtc], trigger_mode="once")  # type: ignore[attr-defined]
    assert [mode for _, _, mode in page.listeners()] == ["multiple", "once"]
