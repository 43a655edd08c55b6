"""The page of a ``Stream`` in Chromium: what is where, and that it really carries what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from gradio_webrtc import AdditionalOutputs, AudioVideoStreamHandler, ReplyOnPause, Stream
from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import microphone
from tests.browser.handlers import EchoHandler
from tests.browser.test_readme import first_code
from tests.browser.test_sync import film
from tests.browser.video_pattern import BLUE, PATTERN, RED, Quarters
from tests.support.audio_video_echo import Echo

WIDE = 1280
PHONE = {"width": 390, "height": 844}


class Watcher(AudioVideoStreamHandler):
    """Counts what comes and says nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks = self.pictures = 0

    def copy(self) -> Watcher:
        return Watcher()

    def receive(self, frame: Any) -> None:
        self.chunks += 1

    def emit(self) -> None: ...

    def video_receive(self, frame: Any) -> None:
        self.pictures += 1

    def video_emit(self) -> None: ...


def box(part: Locator) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of something in the page, in pixels."""
    found = part.bounding_box()
    assert found is not None
    x, y = found["x"], found["y"]
    return x, y, x + found["width"], y + found["height"]


def fits(page: Page) -> bool:
    """Return whether the page is as wide as its window: nobody has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Flags: the microphone asks a question and is silent for a while."""
    path = tmp_path_factory.mktemp("voice") / "question.wav"
    return microphone(path, 1.0, "What is the capital of France?", 4.0)


def test_the_guides_voice_has_inputs_on_its_left_and_outputs_on_its_right(
    serve: Serve, visit: Open, hearing: tuple[str, ...]
) -> None:
    names: dict[str, Any] = {}
    exec(first_code("docs/guides/stream.md"), names)
    stream: Stream = names["stream"]
    opened = visit(serve(stream.ui), flags=hearing)
    page, component = opened.page, opened.component()
    name, said = page.get_by_label("Name"), page.get_by_label("Said")
    assert page.title() == "Parrot"

    def in_order() -> bool:
        edges = [*box(name)[::2], *box(component.root)[::2], *box(said)[::2]]
        return edges == sorted(edges) and edges[0] >= 0 and edges[-1] <= WIDE

    opened.until(in_order, "the sidebars at both sides")
    component.start()
    name.fill("Bob")
    opened.until(component.hears, "the reply")
    # On a busy machine the first question may be over before the name is there.
    line = re.compile(r"^Bob spoke for \d\.\d s$", re.MULTILINE)
    opened.until(lambda: line.search(said.input_value()), said.input_value)
    assert list(stream.connections) == list(stream.handlers)
    assert isinstance(next(iter(stream.handlers.values())), ReplyOnPause)
    component.stop()
    opened.until(lambda: not stream.connections, "the end")


def test_in_line_it_is_a_column_without_full_screen(serve: Serve, visit: Open) -> None:
    def tint(frame: np.ndarray, blue: bool) -> Any:
        return (np.full_like(frame, (0, 0, 255)) if blue else frame), AdditionalOutputs(blue)

    async def note(shown: str, blue: bool) -> str:
        return f"blue: {blue}"

    stream = Stream(
        tint,
        additional_inputs=[gr.Checkbox(label="Blue")],
        additional_outputs=[gr.Textbox(label="Seen")],
        additional_outputs_handler=note,
        ui_args={"full_screen": False, "hide_title": True},
    )
    opened = visit(serve(stream.ui))
    page, component = opened.page, opened.component()
    assert page.locator(".sidebar").count() == page.locator("h1").count() == 0
    assert component.part("webrtc-fullscreen").count() == 0
    left, _, right, bottom = box(component.root)
    blue = page.get_by_label("Blue")
    assert left <= box(blue)[0] < right
    assert box(blue)[1] >= bottom
    assert box(page.get_by_label("Seen"))[0] > right
    component.start()
    component.shows(PATTERN)
    blue.check()
    component.shows(Quarters(BLUE, BLUE, BLUE, BLUE))
    opened.until(lambda: page.get_by_label("Seen").input_value() == "blue: True", "the output")


def test_what_only_receives_begins_with_its_button(serve: Serve, visit: Open) -> None:
    def paint(shade: float) -> Iterator[np.ndarray]:
        for _ in range(300):
            yield np.full((120, 160, 3), (int(shade), 0, 0), np.uint8)

    stream = Stream(
        paint,
        mode="receive",
        additional_inputs=[gr.Number(255, label="Shade")],
        ui_args={"button_labels": {"start": "Paint"}},
    )
    opened = visit(serve(stream.ui))
    component, start = opened.component(), opened.page.get_by_role("button", name="Paint")
    assert box(start)[2] < box(component.root)[0]
    assert box(opened.page.get_by_label("Shade"))[3] <= box(start)[1]
    start.click()
    component.reach("connected")
    component.shows(Quarters(RED, RED, RED, RED))


def test_on_a_phone_everything_is_below_one_another(serve: Serve, visit: Open) -> None:
    def stream(mode: str, modality: str, handler: Any) -> Stream:
        label = f"{mode} {modality}"
        return Stream(
            handler,
            mode=mode,  # type: ignore[arg-type]
            modality=modality,  # type: ignore[arg-type]
            additional_inputs=[gr.Slider(label=f"In {label}")],
            additional_outputs=[gr.Textbox(label=f"Out {label}")],
            additional_outputs_handler=lambda shown, said: said,
            ui_args={"title": label},
        )

    # The pages become parts of another one, as an app may have them.
    streams = [
        stream("send-receive", "audio", EchoHandler()),
        stream("send", "audio", EchoHandler()),
        stream("send", "video", lambda frame, amount: None),
        stream("receive", "video", lambda amount: None),
    ]
    with gr.Blocks() as demo:
        for each in streams:
            each.ui.render()
    opened = visit(serve(demo), viewport=PHONE)
    page = opened.page
    expect(page.get_by_test_id("webrtc")).to_have_count(4)
    opened.until(lambda: fits(page), "a page as wide as its window")
    for index, label in enumerate(["send-receive audio", "send audio", "send video"]):
        for text in (f"In {label}", f"Out {label}"):
            left, _, right, _ = box(page.get_by_label(text).first)
            assert 0 <= left < right <= PHONE["width"]
        assert box(opened.component(index).root)[2] <= PHONE["width"]
    # No sidebar lies over it: it can be pressed, which Playwright makes sure of.
    opened.component().start()
    opened.until(opened.component().hears, "the echo")


def test_audio_and_video_together_in_every_mode(serve: Serve, visit: Open) -> None:
    both = Stream(Echo(), modality="audio-video")
    watched = Stream(Watcher(), mode="send", modality="audio-video")
    played = Stream(film, mode="receive", modality="audio-video")
    with gr.Blocks() as demo:
        for each in (both, watched, played):
            each.ui.render()
    opened = visit(serve(demo))
    opened.component(0).start()
    opened.component(0).shows(PATTERN)
    opened.until(opened.component(0).hears, "what was said")
    opened.component(0).stop()
    opened.component(1).start()
    opened.until(lambda: len(watched.handlers) == 1, "the handler")
    watcher = next(iter(watched.handlers.values()))
    opened.until(lambda: watcher.pictures > 10, lambda: f"the camera, {watcher.pictures} pictures")
    opened.until(lambda: watcher.chunks > 10, lambda: f"the microphone, {watcher.chunks} chunks")
    opened.component(1).stop()
    opened.page.get_by_role("button", name="Start stream", exact=True).click()
    opened.component(2).reach("connected")
    opened.until(lambda: opened.component(2).frames() > 10, "pictures")
    opened.until(opened.component(2).hears, "a beep")
