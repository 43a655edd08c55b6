"""The component in its page: layout, keyboard, screen readers, updates and neighbours."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import WebRTC, WebRTCError
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import EchoHandler, sessions
from tests.browser.pages import Component
from tests.browser.video_pattern import PATTERN, Picture


def dimmed(image: Picture, brightness: float) -> Picture:
    return (image * brightness).astype(np.uint8)


def voice(**options: Any) -> WebRTC:
    component = WebRTC(label="Voice", modality="audio", **options)
    component.stream(EchoHandler(), inputs=[component], outputs=[component])
    return component


def camera(**options: Any) -> WebRTC:
    component = WebRTC(label="Camera", modality="video", **options)
    component.stream(lambda image: image, inputs=[component], outputs=[component])
    return component


def focused(component: Component) -> str | None:
    return component.page.evaluate("document.activeElement.dataset.testid ?? null")


def tab_to(component: Component, testid: str) -> None:
    """Press Tab until the element with ``testid`` has the focus."""
    for _ in range(30):
        if focused(component) == testid:
            return
        component.page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {testid}")


def test_the_full_screen_button_takes_the_whole_screen_and_gives_it_back(
    serve: Serve, visit: Open
) -> None:
    with gr.Blocks() as demo:
        camera()
    component = visit(serve(demo)).component()
    component.start()
    component.shows(PATTERN)
    button = component.part("webrtc-fullscreen")
    full = "document.fullscreenElement?.dataset.testid ?? null"
    # It stays in its place in the layout until someone presses the button.
    assert component.page.evaluate(full) is None
    button.click()
    component.page.wait_for_function(f"({full}) === 'webrtc'")
    component.page.wait_for_function("document.fullscreenElement.clientHeight === innerHeight")
    assert button.get_attribute("aria-label") == "Leave full screen"
    component.shows(PATTERN)
    button.click()
    component.page.wait_for_function(f"({full}) === null")
    component.page.get_by_role("button", name="Full screen").wait_for()


ONLY_VIDEOS = """
delete Element.prototype.requestFullscreen;
Object.defineProperty(Document.prototype, "fullscreenEnabled", { get: () => undefined });
HTMLVideoElement.prototype.webkitEnterFullscreen = function () {
  window.filled = this.dataset.testid;
};
"""
"""WebKit on an iPhone."""


def test_only_what_can_fill_the_screen_and_may_has_a_button_for_it(
    serve: Serve, visit: Open
) -> None:
    with gr.Blocks() as demo:
        camera()
        camera(full_screen=False)
        voice()
    page = visit(serve(demo), script=ONLY_VIDEOS)
    button = page.component(0).part("webrtc-fullscreen")
    button.click()
    assert page.page.evaluate("filled") == "webrtc-media"
    for index in (1, 2):
        assert page.component(index).part("webrtc-start").count() == 1
        assert page.component(index).part("webrtc-fullscreen").count() == 0


def test_the_keyboard_is_enough(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        voice()
    component = visit(serve(demo)).component()
    keyboard = component.page.keyboard
    tab_to(component, "webrtc-start")
    keyboard.press("Enter")
    component.reach("connected")
    # The button became the stop button under the person's finger.
    assert focused(component) == "webrtc-stop"
    keyboard.press("Shift+Tab")
    assert focused(component) == "webrtc-mute"
    keyboard.press("Space")
    assert component.part("webrtc-mute").get_attribute("aria-pressed") == "true"
    tab_to(component, "webrtc-devices")
    keyboard.press("Enter")
    assert component.part("webrtc-devices").get_attribute("aria-expanded") == "true"
    component.part("webrtc-device-audio").focus()
    tab_to(component, "webrtc-stop")
    keyboard.press("Space")
    component.reach("idle")
    assert focused(component) == "webrtc-start"


def test_screen_readers_hear_names_states_and_errors(serve: Serve, visit: Open) -> None:
    def fail(image: Picture) -> Picture:
        raise WebRTCError("no picture today")

    with gr.Blocks() as demo:
        voice()
        broken = WebRTC(label="Broken", modality="video")
        broken.stream(fail, inputs=[broken], outputs=[broken])
    page = visit(serve(demo))
    component = page.component(0)
    assert component.root.get_by_role("status").inner_text() == "Ready to listen"
    component.root.get_by_role("button", name="Start").click()
    component.reach("connected")
    assert component.root.get_by_role("status").inner_text() == "Connected"
    for name in ("Stop", "Mute microphone", "Devices", "Full screen"):
        assert component.root.get_by_role("button", name=name, exact=True).count() == 1
    for name in ("Loudness: You", "Loudness: App"):
        assert component.root.get_by_role("meter", name=name).count() == 1
    component.root.get_by_role("button", name="Devices").click()
    assert component.root.get_by_role("combobox", name="Microphone").count() == 1
    failing = page.component(1)
    failing.part("webrtc-start").click()
    failing.reach("failed")
    assert "no picture today" in failing.root.get_by_role("alert").inner_text()


OUTSIDE = """(root) => [...root.querySelectorAll("*")].filter((each) => {
    const [inner, outer] = [each.getBoundingClientRect(), root.getBoundingClientRect()];
    const seen = inner.width > 0 && getComputedStyle(each).visibility === "visible";
    const clipped = each.closest("select, video, svg, .scene");
    return seen && !clipped && (inner.left < outer.left - 1 || inner.right > outer.right + 1);
}).map((each) => each.outerHTML.slice(0, 120))"""

SMALL = """(root) => [...root.querySelectorAll("button, select")].filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    return width > 0 && (width < 44 || height < 43.5);
}).map((each) => each.outerHTML.slice(0, 120))"""
"""What a finger misses."""

PHONE: dict[str, Any] = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}


@pytest.mark.parametrize(("width", "device"), [(390, PHONE), (320, PHONE), (200, {})])
def test_nothing_overflows_a_phone_or_a_narrow_column(
    serve: Serve, visit: Open, width: int, device: dict[str, Any]
) -> None:
    with gr.Blocks() as demo, gr.Row(), gr.Column(min_width=width - 40, scale=0):
        voice(min_width=0)
        camera(min_width=0)
    page = visit(serve(demo), viewport={"width": width, "height": 844}, **device)
    for index in (0, 1):
        component = page.component(index)
        for act in (None, "start", "devices"):
            if act is not None:
                button = component.part(f"webrtc-{act}")
                (button.tap if device else button.click)()
            if act == "start":
                component.reach("connected")
            elif act == "devices":
                pickers = component.root.get_by_role("combobox")
                pickers.first.wait_for()
                pickers.last.scroll_into_view_if_needed()
                assert all(each.is_visible() for each in pickers.all())
            assert component.root.evaluate(OUTSIDE) == []
            assert component.root.evaluate("(each) => each.scrollWidth <= each.clientWidth")
            assert component.root.evaluate("(each) => each.clientWidth") <= width
            assert not device or component.root.evaluate(SMALL) == []
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if device:
        full = component.part("webrtc-fullscreen")
        full.tap()
        page.page.wait_for_function("document.fullscreenElement?.clientHeight === innerHeight")
        assert component.root.evaluate(OUTSIDE) == []
        full.tap()
        page.page.wait_for_function("document.fullscreenElement === null")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_light_and_dark_follow_the_theme(serve: Serve, visit: Open, theme: str) -> None:
    with gr.Blocks() as demo:
        voice()
    component = visit(f"{serve(demo)}?__theme={theme}").component()
    brightness = """(each, property) => {
        const numbers = getComputedStyle(each)[property].match(/[\\d.]+/g).slice(0, 3);
        return numbers.reduce((sum, text) => sum + Number(text), 0) / 3;
    }"""
    text = component.part("webrtc-status").evaluate(brightness, "color")
    ground = component.root.evaluate(brightness, "backgroundColor")
    assert text < 128 < ground if theme == "light" else ground < 128 < text


def test_two_components_in_one_page_stream_side_by_side(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        sound, picture = voice(), camera()
    page = visit(serve(demo))
    hearing, seeing = page.component(0), page.component(1)
    hearing.start()
    seeing.start()
    seeing.shows(PATTERN)
    page.until(hearing.hears, "sound")
    hearing.stop()
    page.until(lambda: sessions(sound) == 0, "the first session to end")
    assert sessions(picture) == 1
    frames = seeing.frames()
    page.until(lambda: seeing.frames() > frames + 5, "further pictures")
    assert seeing.state() == "connected"


def test_a_stream_goes_on_while_its_tab_is_hidden(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        with gr.Tab("First"):
            gr.Markdown("Nothing here.")
        with gr.Tab("Second"):
            voice()
    page = visit(serve(demo), wait_for="[role=tab]")
    tabs = [page.page.get_by_role("tab", name=name) for name in ("First", "Second")]
    tabs[1].click()
    component = page.component()
    component.start()
    tabs[0].click()
    component.root.wait_for(state="hidden")
    page.until(component.hears, "sound behind the other tab")
    tabs[1].click()
    component.root.wait_for(state="visible")
    assert component.state() == "connected"
    component.stop()


def test_a_component_made_invisible_ends_its_connection(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        sound = voice()
        hide, show = gr.Button("Hide"), gr.Button("Show")
        hide.click(lambda: gr.update(visible=False), outputs=sound)
        show.click(lambda: gr.update(visible=True), outputs=sound)
    page = visit(serve(demo))
    page.component().start()
    page.page.get_by_role("button", name="Hide").click()
    page.page.get_by_test_id("webrtc").wait_for(state="detached")
    page.until(lambda: sessions(sound) == 0, "the session to end")
    assert page.page.evaluate("probe.captures.every((each) => each.readyState === 'ended')")
    page.page.get_by_role("button", name="Show").click()
    page.component().reach("idle")
    page.component().start()


def test_an_update_of_a_property_leaves_the_stream_alone(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        picture = WebRTC(label="Before", modality="video")
        brightness = gr.Number(1, label="Brightness")
        picture.stream(dimmed, inputs=[picture, brightness], outputs=[picture])
        gr.Button("Rename").click(lambda: gr.update(label="After"), outputs=picture)
    page = visit(serve(demo))
    component = page.component()
    component.start()
    component.shows(PATTERN)
    page.page.get_by_role("button", name="Rename").click()
    component.root.get_by_text("After").wait_for()
    # The page goes on, the values of the inputs still find the session, and so does the stop.
    page.page.get_by_label("Brightness").fill("0.3")
    component.shows(PATTERN.scaled(0.3))
    assert component.states().count("connected") == 1
    component.stop()
    page.until(lambda: sessions(picture) == 0, "the session to end")
    # Gradio made a new instance for the update; it has the same stream.
    component.start()
    component.shows(PATTERN.scaled(0.3))
    assert sessions(picture) == 1
