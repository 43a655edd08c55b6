"""Python controls a page's stream: its end, toasts, and the values it gets from the page."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    CloseStream,
    StreamHandler,
    WebRTC,
    get_current_context,
    show_info,
    show_warning,
)
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.video_pattern import Picture

CALM: dict[str, Any] = {"show_progress": "hidden"}


class Quiet(StreamHandler):
    """Says toasts from its threads, then what its inputs are whenever they change."""

    last: Any = None

    def receive(self, frame: Any) -> None:
        if self.last is None:
            self.last = []
            show_warning("from receive")

    def start_up(self) -> None:
        show_info("from start_up")

    def emit(self) -> Any:
        self.wait_for_args_sync()
        values = list(self.latest_args)
        if values == self.last:
            return None
        self.last = values
        return AdditionalOutputs(repr(values))

    def copy(self) -> Quiet:
        return Quiet()


class AsyncQuiet(AsyncStreamHandler):
    """The same as ``async def``."""

    last: Any = None

    async def receive(self, frame: Any) -> None:
        if self.last is None:
            self.last = []
            show_warning("from receive")

    async def start_up(self) -> None:
        show_info("from start_up")

    async def emit(self) -> Any:
        await self.wait_for_args()
        values = list(self.latest_args)
        if values == self.last:
            return None
        self.last = values
        return AdditionalOutputs(repr(values))

    def copy(self) -> AsyncQuiet:
        return AsyncQuiet()


def shown(component: Component, expected: str, label: str = "Values") -> None:
    box = component.page.get_by_label(label, exact=True)
    component.visit.until(
        lambda: box.input_value() == expected, lambda: f"{expected}; it is {box.input_value()}"
    )


@pytest.mark.parametrize("handler", [Quiet(), AsyncQuiet()], ids=["sync", "async"])
@pytest.mark.parametrize("send_input_on", ["change", "submit"])
def test_inputs_arrive_and_toasts_are_shown(
    serve: Serve, visit: Open, handler: Any, send_input_on: Any
) -> None:
    with gr.Blocks() as demo:
        word, values = gr.Textbox("one", label="Word"), gr.Textbox(label="Values")
        audio = WebRTC(modality="audio")
        audio.stream(handler, [audio, word], [audio], send_input_on=send_input_on)
        audio.on_additional_outputs(lambda text: text, None, values, **CALM)
        give = gr.Button("Give")
        give.click(lambda webrtc_id: audio.set_input(webrtc_id, "given"), audio)
    component = visit(serve(demo)).component()
    component.start()
    # First of all, as toasts go away by themselves.
    component.page.get_by_text("from start_up").wait_for()
    component.page.get_by_text("from receive").first.wait_for()
    shown(component, "['__webrtc_value__', 'one']")
    box = component.page.get_by_label("Word", exact=True)
    box.fill("two")
    if send_input_on == "submit":
        # What is typed is not sent: the value given meanwhile is what the handler has.
        component.page.get_by_role("button", name="Give").click()
        shown(component, "['__webrtc_value__', 'given']")
        box.press("Enter")
    shown(component, "['__webrtc_value__', 'two']")
    component.page.get_by_role("button", name="Give").click()
    shown(component, "['__webrtc_value__', 'given']")
    component.stop()


def test_another_event_closes_the_stream(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        video = WebRTC(modality="video")
        video.stream(lambda image: image, [video], [video], concurrency_limit=None)
        gr.Button("End it").click(video.close_stream, inputs=[video])
        gr.Button("Say bye").click(lambda it: video.close_stream(it, "Until tomorrow."), [video])
    url = serve(demo)
    component, other = visit(url).component(), visit(url).component()
    press = component.page.get_by_role("button", name="End it")
    press.click()  # nothing streams yet, and nothing happens
    for each in (component, other):
        each.start()
    press.click()
    component.reach("idle")
    assert component.notice() == "The app ended the conversation."
    assert component.error() is None
    assert other.state() == "connected"
    component.start()
    component.page.get_by_role("button", name="Say bye").click()
    component.reach("idle")
    assert component.notice() == "Until tomorrow."
    other.stop()


def test_the_published_message_closes_the_stream(serve: Serve, visit: Open) -> None:
    def frames(image: Picture) -> Picture:
        closed = '{"type": "update_connection", "data": "closed"}'
        get_current_context().send_message(closed)
        return image

    with gr.Blocks() as demo:
        video = WebRTC(modality="video")
        video.stream(frames, [video], [video])
    component = visit(serve(demo)).component()
    component.part("webrtc-start").click()
    # The message may arrive before the page hears that its connection is there.
    component.passes("connecting", "closing", "idle")
    assert component.state() == "idle"
    assert component.error() is None


def generator(image: Picture) -> Any:
    yield image
    yield image, CloseStream("Enough.")


async def async_generator(image: Picture) -> Any:
    yield CloseStream("Enough.")


async def coroutine(image: Picture) -> Any:
    return np.zeros_like(image), CloseStream("Enough.")


class Closing(StreamHandler):
    def receive(self, frame: Any) -> None: ...

    def emit(self) -> Any:
        return (48_000, np.zeros((1, 4800), np.int16)), CloseStream("Enough.")

    def copy(self) -> Closing:
        return Closing()


@pytest.mark.parametrize(
    "fn",
    [lambda image: CloseStream("Enough."), coroutine, generator, async_generator, Closing()],
    ids=["function", "coroutine", "generator", "async-generator", "handler"],
)
def test_user_code_closes_its_stream(serve: Serve, visit: Open, fn: Any) -> None:
    with gr.Blocks() as demo:
        stream = WebRTC(modality="audio" if isinstance(fn, Closing) else "video")
        stream.stream(fn, [stream], [stream])
    component = visit(serve(demo)).component()
    component.part("webrtc-start").click()
    component.reach("idle")
    assert component.notice() == "Enough."


def test_inputs_in_tabs_accordions_and_hidden_rows(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        values = gr.Textbox(label="Values")
        audio = WebRTC(modality="audio")
        with gr.Tab("First"):
            gr.Markdown("Nothing to see here.")
        with gr.Tab("Second"):
            tabbed = gr.Textbox("t", label="Tabbed")
        with gr.Accordion("More", open=False):
            folded = gr.Textbox("f", label="Folded")
        with gr.Row(visible=False) as row:
            hidden = gr.Textbox("h", label="Hidden")
        gr.Button("Toggle").click(lambda: gr.update(visible=True), outputs=row)
        gr.Button("Back").click(lambda: gr.update(visible=False), outputs=row)
        audio.stream(Quiet(), [audio, tabbed, folded, hidden], [audio])
        audio.on_additional_outputs(lambda text: text, None, values, **CALM)
    component = visit(serve(demo)).component()
    page, drawn = component.page, component.visit.drawn
    component.start()
    shown(component, "['__webrtc_value__', 't', 'f', 'h']")
    page.get_by_role("tab", name="Second").click()
    drawn(page.get_by_label("Tabbed")).fill("t2")
    page.get_by_role("button", name="More").click()
    drawn(page.get_by_label("Folded")).fill("f2")
    page.get_by_role("button", name="Toggle").click()
    drawn(page.get_by_label("Hidden")).fill("h2")
    shown(component, "['__webrtc_value__', 't2', 'f2', 'h2']")
    page.get_by_role("button", name="Back").click()
    page.get_by_label("Hidden").wait_for(state="hidden")
    page.get_by_label("Folded").fill("f3")
    shown(component, "['__webrtc_value__', 't2', 'f3', 'h2']")
    assert component.state() == "connected"
    component.stop()


def test_a_stream_and_its_inputs_inside_a_render(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        count = gr.Number(1, label="Count", precision=0)

        @gr.render(inputs=count)
        def parts(count: int) -> None:
            audio = WebRTC(modality="audio", key="audio")
            words = [
                gr.Textbox(f"w{n}", label=f"Word {n}", interactive=True, key=f"w{n}")
                for n in range(count)
            ]
            values = gr.Textbox(label="Values", key="values")
            audio.stream(Quiet(), [audio, *words], [audio], concurrency_limit=None)
            audio.on_additional_outputs(lambda text: text, None, values, **CALM)

    component = visit(serve(demo)).component()
    component.start()
    shown(component, "['__webrtc_value__', 'w0']")
    component.page.get_by_label("Word 0").fill("changed")
    shown(component, "['__webrtc_value__', 'changed']")
    # Made anew while streaming: the page goes on or is idle, and streams with the new inputs.
    component.page.get_by_label("Count").fill("2")
    component.page.get_by_label("Word 1").wait_for()
    if component.reach("connected", "idle") == "connected":
        component.stop()
    component.start()
    component.page.get_by_label("Word 1").fill("second")
    first = component.page.get_by_label("Word 0").input_value()
    shown(component, f"['__webrtc_value__', {first!r}, 'second']")
    component.stop()
