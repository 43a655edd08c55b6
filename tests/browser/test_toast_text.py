"""Words from user code are text wherever the page shows them; markup in them stays markup."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import CloseStream, WebRTC, WebRTCError, show_info, show_warning
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component

MARKUP = "<img src=x onerror='window.hurt = 1'> and <b data-hurt>bold</b> & &amp;"


def app(fn: Any) -> gr.Blocks:
    with gr.Blocks() as demo:
        video = WebRTC(modality="video")
        video.stream(fn, [video], [video])
    return demo


def harmless(component: Component) -> bool:
    page = component.page
    return page.evaluate("window.hurt === undefined") and not page.locator("[data-hurt]").count()


def test_toasts_show_markup_as_text(serve: Serve, visit: Open) -> None:
    told: list[str] = []

    def talk(image: Any) -> Any:
        if not told:
            told.append("once")
            show_warning(f"warning {MARKUP}")
            show_info(f"info {MARKUP}")
        return image

    component = visit(serve(app(talk))).component()
    component.start()
    for kind in ("warning", "info"):
        component.page.get_by_text(f"{kind} {MARKUP}", exact=True).wait_for()
    assert harmless(component)


@pytest.mark.parametrize(
    "end",
    [WebRTCError(MARKUP), gr.Error(MARKUP), CloseStream(MARKUP)],
    ids=lambda e: type(e).__name__,
)
def test_endings_show_markup_as_text(serve: Serve, visit: Open, end: Any) -> None:
    def stop(image: Any) -> Any:
        if isinstance(end, Exception):
            raise end
        return end

    component = visit(serve(app(stop))).component()
    component.part("webrtc-start").click()
    component.reach("failed", "idle")
    component.visit.until(
        lambda: MARKUP in ((component.error() or "") + (component.notice() or "")),
        lambda: f"the words; it shows {component.error()!r} and {component.notice()!r}",
    )
    assert harmless(component)


def test_a_secret_in_an_error_reaches_neither_the_page_nor_a_toast(
    serve: Serve, visit: Open, server_log: pytest.LogCaptureFixture
) -> None:
    def fail(image: Any) -> Any:
        raise ValueError("apiKey=hunter2")

    component = visit(serve(app(fail))).component()
    component.part("webrtc-start").click()
    component.reach("failed")
    words = component.error() or ""
    error_id = words.partition("(error ")[2][:8]
    assert f"(error {error_id})" in server_log.text
    assert "apiKey=hunter2" in server_log.text
    assert "hunter2" not in component.page.content()
