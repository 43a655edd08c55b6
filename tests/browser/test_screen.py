"""Sharing the screen instead of the camera: started with, changed to while live, and ended."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import WebRTC
from gradio_webrtc.options import VideoSource
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.video_pattern import PATTERN, Picture

PHONE = "delete globalThis.MediaDevices?.prototype.getDisplayMedia;"
CLOSED_PICKER = """
const { prototype = {} } = globalThis.MediaDevices ?? {};
prototype.getDisplayMedia = async () => {
  throw new DOMException("Permission denied", "NotAllowedError");
};
"""
"""What Chromium throws when the person closes its picker, which a page without a window lacks."""


def same(image: Picture) -> Picture:
    return image


async def same_async(image: Picture) -> Picture:
    return image


def app_of(*sources: VideoSource, fn: Any = same, **options: Any) -> gr.Blocks:
    with gr.Blocks() as demo:
        component = WebRTC(label="Stream", modality="video", video_sources=sources, **options)
        component.stream(fn, inputs=[component], outputs=[component])
    return demo


def sent(component: Component) -> str:
    """Return what kind of source is sent: a surface of the screen, or nothing for a camera."""
    surface: str = component.page.evaluate(
        "probe.peers.at(-1).getSenders()[0].track?.getSettings().displaySurface ?? ''"
    )
    return surface


def transform(component: Component) -> str:
    own = component.part("webrtc-self-view").locator("video")
    matrix: str = own.evaluate("(each) => getComputedStyle(each).transform")
    return matrix


def end_sharing(component: Component) -> None:
    """Do what the browser's own bar does: the track ends, and its page is told."""
    component.page.evaluate(
        "const track = probe.captures.at(-1); track.stop(); track.dispatchEvent(new Event('ended'))"
    )


@pytest.mark.parametrize("fn", [same, same_async])
def test_the_screen_is_seen_by_the_function_and_comes_back(
    serve: Serve, visit: Open, fn: Any
) -> None:
    component = visit(serve(app_of("screen", fn=fn))).component()
    assert component.status() == "Your screen is not shared until you start"
    component.start()
    assert sent(component) == "monitor"
    assert component.page.evaluate("probe.captures.map((track) => track.contentHint)") == ["detail"]
    component.visit.until(lambda: component.frames() > 5, "pictures of the screen")
    # The fake screen is wider than the camera's pattern.
    component.visit.until(lambda: component.size()[0] > 640, "the screen's own size")
    assert transform(component) == "none"
    assert component.part("webrtc-source").count() == 0
    component.stop()
    assert component.page.evaluate("probe.captures.map((track) => track.readyState)") == ["ended"]
    assert component.page.evaluate("Object.keys(localStorage).join()").count("webrtc") == 0


def test_the_source_is_changed_while_live_without_a_new_connection(
    serve: Serve, visit: Open
) -> None:
    component = visit(serve(app_of("camera", "screen"))).component()
    component.start()
    component.shows(PATTERN)
    assert "matrix(-1," in transform(component)
    component.part("webrtc-source").click()
    component.visit.until(lambda: sent(component) == "monitor", "the screen to be sent")
    component.visit.until(lambda: component.size()[0] > 640, "the screen to come back")
    assert transform(component) == "none"
    assert component.part("webrtc-source").get_attribute("aria-pressed") == "true"
    component.part("webrtc-source").click()
    component.visit.until(lambda: sent(component) == "", "the camera to be sent")
    component.shows(PATTERN)
    assert component.states().count("connected") == 1
    assert component.page.evaluate("probe.peers.length") == 1


def test_what_is_chosen_before_the_start_is_what_is_sent(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("camera", "screen"))).component()
    component.part("webrtc-source").click()
    assert component.status() == "Your screen is not shared until you start"
    component.start()
    assert sent(component) == "monitor"
    assert component.page.evaluate("probe.captures.length") == 1


def test_the_browsers_stop_sharing_ends_the_stream(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("screen"))).component()
    component.start()
    end_sharing(component)
    component.reach("idle")
    assert "stopped sharing" in (component.notice() or "")
    component.start()
    assert component.notice() is None


def test_the_browsers_stop_sharing_brings_the_camera_back(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("screen", "camera"))).component()
    component.start()
    component.visit.until(lambda: component.size()[0] > 640, "the screen")
    end_sharing(component)
    component.visit.until(lambda: sent(component) == "", "the camera to be sent")
    component.shows(PATTERN)
    assert component.state() == "connected"
    assert "no longer shared" in (component.notice() or "")


def test_a_closed_picker_is_no_error(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("screen")), script=CLOSED_PICKER).component()
    component.part("webrtc-start").click()
    component.visit.until(lambda: "Nothing was shared" in (component.notice() or ""), "a word")
    assert component.reach("idle") == "idle"
    assert "failed" not in component.states()
    assert component.error() is None


def test_a_phone_is_offered_the_camera_only(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("screen", "camera")), script=PHONE).component()
    assert component.part("webrtc-source").count() == 0
    component.start()
    component.shows(PATTERN)


def test_a_phone_is_told_that_it_cannot_share_a_screen(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("screen")), script=PHONE).component()
    component.part("webrtc-start").click()
    component.reach("failed")
    assert "cannot share a screen" in (component.error() or "")


def test_constraints_reach_the_screen(serve: Serve, visit: Open) -> None:
    app = app_of("screen", track_constraints={"frameRate": {"exact": 5}, "facingMode": "user"})
    component = visit(serve(app)).component()
    component.start()
    assert component.page.evaluate("probe.captures.at(-1).getSettings().frameRate") == 5
