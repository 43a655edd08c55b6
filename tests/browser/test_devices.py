"""The person's microphone and camera: mute, camera off, pickers, own view and levels."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import WebRTC
from gradio_webrtc.handlers.protocol import Modality
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import EchoHandler
from tests.browser.pages import Component
from tests.browser.video_pattern import PATTERN, Picture, Quarters
from tests.support.chromium import FLAGS

THREE_DEVICES = (*FLAGS, "--use-fake-device-for-media-stream=device-count=3")
BLACK = Quarters(*(((0, 0, 0),) * 4))


def same(image: Picture) -> Picture:
    return image


def app_of(modality: Modality, **options: Any) -> gr.Blocks:
    with gr.Blocks() as demo:
        component = WebRTC(label="Stream", modality=modality, **options)
        fn = EchoHandler() if modality == "audio" else same
        component.stream(fn, inputs=[component], outputs=[component])
    return demo


def used(component: Component) -> str:
    """Return the id of the device whose track is sent."""
    device: str = component.page.evaluate(
        "probe.peers.at(-1).getSenders()[0].track.getSettings().deviceId"
    )
    return device


def test_muting_silences_what_is_sent_and_unmuting_brings_it_back(
    serve: Serve, visit: Open
) -> None:
    component = visit(serve(app_of("audio"))).component()
    component.start()
    component.visit.until(component.hears, "sound")
    mute = component.part("webrtc-mute")
    mute.click()
    assert mute.get_attribute("aria-pressed") == "true"
    assert mute.get_attribute("aria-label") == "Unmute microphone"
    # Longer than the longest pause between the words.
    component.visit.until(lambda: component.record(1.5).loudness() < 1e-4, "silence")
    assert component.state() == "connected"
    mute.click()
    component.visit.until(component.hears, "sound again")


def test_the_camera_can_be_off_for_a_while(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video"))).component()
    component.start()
    component.shows(PATTERN)
    camera = component.part("webrtc-camera-off")
    camera.click()
    component.shows(BLACK)
    assert component.part("webrtc-self-view").inner_text() == "Camera off"
    assert component.state() == "connected"
    camera.click()
    component.shows(PATTERN)


def test_ones_own_view_is_a_mirror_and_what_is_sent_is_not(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video"))).component()
    component.start()
    component.shows(PATTERN)
    own = component.part("webrtc-self-view").locator("video")
    assert "matrix(-1," in own.evaluate("(each) => getComputedStyle(each).transform")
    played = component.part("webrtc-media")
    assert played.evaluate("(each) => getComputedStyle(each).transform") == "none"


def test_the_mirror_can_be_switched_off(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video", mirror_webcam=False))).component()
    component.start()
    own = component.part("webrtc-self-view").locator("video")
    assert own.evaluate("(each) => getComputedStyle(each).transform") == "none"


@pytest.mark.parametrize("kind", ["audio", "video"])
def test_another_device_is_taken_live_and_remembered(
    serve: Serve, visit: Open, kind: Modality
) -> None:
    page = visit(serve(app_of(kind)), flags=THREE_DEVICES)
    component = page.component()
    component.start()
    component.part("webrtc-devices").click()
    picker = component.part(f"webrtc-device-{kind}")
    options = picker.locator("option")
    page.until(lambda: options.count() == 3, lambda: f"three devices, not {options.count()}")
    other = options.nth(2).get_attribute("value") or ""
    label = options.nth(2).inner_text()
    assert used(component) != other
    picker.select_option(other)
    page.until(lambda: used(component) == other, "the other device to be sent")
    let_go = "probe.captures.at(0).readyState === 'ended'"
    page.until(lambda: page.page.evaluate(let_go), "the first one to be let go of")
    assert component.states()[-1] == "connected"
    assert component.states().count("connected") == 1
    if kind == "video":
        frames = component.frames()
        page.until(lambda: component.frames() > frames + 5, "its pictures")
    else:
        page.until(component.hears, "its sound")

    page.page.reload()
    again = page.component()
    again.start()
    again.part("webrtc-devices").click()
    chosen = again.part(f"webrtc-device-{kind}").locator("option:checked")
    page.until(lambda: chosen.inner_text() == label, f"{label} to be chosen again")
    assert used(again) == other


def test_an_unplugged_camera_is_replaced(serve: Serve, visit: Open) -> None:
    page = visit(serve(app_of("video")), flags=THREE_DEVICES)
    component = page.component()
    component.start()
    usual = used(component)
    component.part("webrtc-devices").click()
    # The third: Chromium's second fake camera measures depth, and WebRTC sends none of it.
    component.part("webrtc-device-video").select_option(index=2)
    page.until(lambda: used(component) != usual, "the third camera")
    # What the browser does when a device is pulled out; its fake ones cannot be.
    page.page.evaluate("probe.captures.at(-1).dispatchEvent(new Event('ended'))")
    page.until(lambda: used(component) == usual, "the camera that is left")
    page.until(lambda: "Now using" in (component.notice() or ""), "a word about it")
    frames = component.frames()
    page.until(lambda: component.frames() > frames + 5, "its pictures")
    assert component.state() == "connected"


def test_the_meters_move_with_both_sides_sound(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("audio"))).component()
    component.start()
    meters = [component.part(f"webrtc-level-{side}") for side in ("in", "out")]

    def heights() -> list[int]:
        return [int(meter.get_attribute("aria-valuenow") or 0) for meter in meters]

    component.visit.until(lambda: min(heights()) > 40, "both meters to rise")
    component.visit.until(
        lambda: all(meter.get_attribute("data-speaking") == "true" for meter in meters),
        "both sides to be shown as speaking",
    )
    component.part("webrtc-mute").click()
    component.visit.until(lambda: max(heights()) == 0, "both meters to sink")
    component.visit.until(
        lambda: {meter.get_attribute("data-speaking") for meter in meters} == {"false"},
        "neither side to be shown as speaking",
    )
