"""What goes wrong is told to whoever can act: plain words in the page, a traceback in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import WebRTC, WebRTCError
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import AudioFrame, EchoHandler
from tests.browser.pages import Component
from tests.browser.video_pattern import PATTERN, Picture
from tests.support.chromium import FLAGS

BROKEN = "The model has no more memory."


def video_app(fn: Callable[..., Any], inputs: tuple[str, ...] = ()) -> gr.Blocks:
    with gr.Blocks() as demo:
        further = [gr.Textbox(label=name) for name in inputs]
        video = WebRTC(label="Stream", modality="video")
        video.stream(fn, inputs=[video, *further], outputs=[video], concurrency_limit=None)
    return demo


def told(component: Component) -> tuple[str, str]:
    """Return the code and the words of the shown error, once there is one."""
    component.reach("failed")
    error = component.part("webrtc-error")
    return error.get_attribute("data-code") or "", error.inner_text()


def press_start(component: Component) -> tuple[str, str]:
    component.part("webrtc-start").click()
    return told(component)


def test_a_handlers_error_reaches_the_page_and_the_log(
    serve: Serve, visit: Open, server_log: pytest.LogCaptureFixture
) -> None:
    def fragile(image: Picture, word: str) -> Picture:
        if word == "break":
            raise ValueError(BROKEN)
        return image

    url = serve(video_app(fragile, inputs=("Word",)), show_error=True)
    unlucky, lucky = visit(url).component(), visit(url).component()
    for component in (unlucky, lucky):
        component.start()
        component.shows(PATTERN)
    unlucky.page.get_by_label("Word").fill("break")
    code, words = told(unlucky)
    assert code == "handler_error"
    assert words.startswith(f"ValueError: {BROKEN}")
    assert "raise ValueError(BROKEN)" in server_log.text
    # Others go on, and so may this person.
    before = lucky.frames()
    lucky.visit.until(lambda: lucky.frames() > before + 5, "further pictures for the other")
    assert lucky.state() == "connected"
    unlucky.page.get_by_label("Word").fill("work")
    unlucky.start()
    unlucky.shows(PATTERN)
    assert unlucky.error() is None


def test_webrtc_error_shows_its_own_words(serve: Serve, visit: Open) -> None:
    def refuse(image: Picture) -> Picture:
        raise WebRTCError("Please come back tomorrow.")

    component = visit(serve(video_app(refuse))).component()
    component.part("webrtc-start").click()
    told(component)
    assert component.part("webrtc-error").locator("strong").inner_text() == (
        "Please come back tomorrow."
    )


class Deaf(EchoHandler):
    def receive(self, frame: AudioFrame) -> None:
        raise WebRTCError("I hear nothing.")

    def copy(self) -> Deaf:
        return Deaf()


class Silent(EchoHandler):
    def emit(self) -> Any:
        return 48_000, "no sound"

    def copy(self) -> Silent:
        return Silent()


@pytest.mark.parametrize(("handler", "shown"), [(Deaf(), "I hear nothing."), (Silent(), "got str")])
def test_a_stream_handlers_error_is_shown(
    serve: Serve, visit: Open, handler: EchoHandler, shown: str
) -> None:
    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", modality="audio")
        audio.stream(handler, inputs=[audio], outputs=[audio])
    code, words = press_start(visit(serve(demo)).component())
    assert code == "handler_error"
    assert shown in words


@pytest.mark.parametrize(
    ("emitted", "came"),
    [
        (np.zeros((4, 4, 3)), "dtype float64"),
        (np.zeros((3, 40, 40), np.uint8), "shape (3, 40, 40)"),
        ([1, 2, 3], "list"),
    ],
)
def test_a_wrong_picture_is_named_with_what_was_expected(
    serve: Serve, visit: Open, emitted: Any, came: str
) -> None:
    component = visit(serve(video_app(lambda image: emitted))).component()
    _, words = press_start(component)
    assert "Expected a uint8 array of shape (height, width, 3)" in words
    assert came in words


def test_a_denied_permission_is_explained(serve: Serve, visit: Open) -> None:
    flags = ("--headless=new", "--no-sandbox", "--use-fake-device-for-media-stream",
             "--deny-permission-prompts")  # fmt: skip
    component = visit(serve(video_app(lambda image: image)), flags=flags).component()
    code, words = press_start(component)
    assert code == "permission_denied"
    assert "camera is blocked" in words
    assert "Allow the camera" in words


def test_the_permission_prompt_is_explained_while_it_waits(serve: Serve, visit: Open) -> None:
    # A browser without a window answers its own prompt at once; here nobody does.
    unanswered = """if (navigator.mediaDevices) {
        navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
    }"""
    component = visit(serve(video_app(lambda image: image)), script=unanswered).component()
    component.part("webrtc-start").click()
    component.reach("acquiring")
    hint = component.part("webrtc-permission")
    assert "Your browser asks for your camera" in hint.inner_text()
    component.stop()
    assert component.error() is None


def test_no_device_is_explained(serve: Serve, visit: Open) -> None:
    flags = (*FLAGS, "--use-fake-device-for-media-stream=device-count=0")
    component = visit(serve(video_app(lambda image: image)), flags=flags).component()
    code, words = press_start(component)
    assert code == "no_device"
    assert "No camera was found" in words
    assert "Plug one in" in words


def test_an_insecure_address_is_explained(serve: Serve, visit: Open) -> None:
    url = serve(video_app(lambda image: image)).replace("127.0.0.1", "app.test")
    flags = (*FLAGS, "--host-resolver-rules=MAP app.test 127.0.0.1, MAP * ~NOTFOUND")
    component = visit(url, flags=flags, hosts=("app.test",)).component()
    code, words = press_start(component)
    assert code == "insecure_origin"
    assert "not on a secure address" in words
    assert "https://" in words
