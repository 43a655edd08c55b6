"""Where Gradio numbers things anew or makes them anew: the stream and its outputs go on."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.emitters import Emitter
from tests.browser.pages import Component, Visit
from tests.browser.test_outputs import CALM, add, numbers
from tests.browser.video_pattern import PATTERN, Picture

COUNT = 10_000

LATE_RESULTS = """() => {
  const set = window.setTimeout;
  // Only Gradio's client passes an argument: the news of a call.
  window.setTimeout = (then, ms, ...news) => set(then, news.length > 0 ? 700 : ms, ...news);
}"""
"""What Gradio's calls give takes its time to arrive, in order."""


def streaming(words: gr.Textbox, label: str = "Voice", **options: Any) -> WebRTC:
    """Add a stream that counts into ``words``."""
    audio = WebRTC(label=label, modality="audio", **options)
    audio.stream(Emitter(10, COUNT), [audio], [audio], concurrency_limit=None)
    audio.on_additional_outputs(add, words, words, **CALM)
    return audio


def app(label: str) -> gr.Blocks:
    with gr.Blocks() as inner:
        streaming(gr.Textbox(label=f"All {label}"), label)
    return inner


def rendering(key: str | None) -> gr.Blocks:
    """Return an app in which a stream is drawn anew whenever the number changes."""
    with gr.Blocks() as demo:
        number = gr.Number(1, label="Number")
        words = gr.Textbox(label="All")

        @gr.render(inputs=number)
        def show(value: float) -> None:
            # Its place among the others stays: Gradio 6.31 cannot move a custom component.
            streaming(words, label=f"Voice {value:g}", key=key)
            for drawn in range(1, round(value) + 1):
                gr.Markdown(f"Drawn for {drawn}")

    return demo


def draw(page: Visit, value: int) -> None:
    page.page.get_by_label("Number", exact=True).fill(str(value))
    page.page.get_by_text(f"Drawn for {value}", exact=True).wait_for()


def counts_on(component: Component, label: str = "All", more: int = 5) -> None:
    """Wait for more outputs: each once, in order, and none lost."""
    before = len(numbers(component, label))
    component.visit.until(
        lambda: len(numbers(component, label)) >= before + more,
        lambda: f"{more} more than {before} outputs; there are {numbers(component, label)}",
    )
    shown = numbers(component, label)
    assert shown == list(range(len(shown)))


def test_every_app_in_a_tabbed_interface_delivers_its_outputs(serve: Serve, visit: Open) -> None:
    inner = gr.TabbedInterface([app("two"), app("three")], ["Two", "Three"])
    page = visit(serve(gr.TabbedInterface([app("one"), inner], ["One", "More"])))
    first = page.component()
    first.start()
    counts_on(first, "All one")
    first.stop()
    page.page.get_by_role("tab", name="More").click()
    page.page.get_by_role("tab", name="Three").click()
    last = page.component(2)
    last.start()
    counts_on(last, "All three")
    last.stop()


def test_a_component_with_a_key_goes_on_when_it_is_drawn_anew(
    serve: Serve, visit: Open, caplog: pytest.LogCaptureFixture
) -> None:
    page = visit(serve(rendering("voice")))
    streams: list[str] = []
    page.context.on("request", lambda asked: streams.append(asked.url))
    component = page.component()
    component.start()
    counts_on(component)
    for value in (2, 3, 4):
        draw(page, value)
        counts_on(component)
        assert component.state() == "connected"
    assert page.page.get_by_text("Voice 4").count()
    component.stop()
    component.start()
    page.until(lambda: numbers(component).count(0) == 2, "the outputs of another session")
    component.stop()
    assert "Traceback" not in caplog.text
    # Two with one address may be asked for twice, and each then gets a part of the results.
    streams = [url for url in streams if "/queue/data?" in url]
    assert len(set(streams)) == len(streams) > 3


def test_a_result_that_is_late_is_not_overtaken_when_it_is_drawn_anew(
    serve: Serve, visit: Open
) -> None:
    page = visit(serve(rendering("voice")))
    component = page.component()
    component.start()
    page.page.evaluate(LATE_RESULTS)
    for value in (2, 3, 4):
        draw(page, value)
        counts_on(component)
    component.stop()


def test_a_component_without_a_key_ends_and_says_so(
    serve: Serve, visit: Open, server_log: pytest.LogCaptureFixture
) -> None:
    page = visit(serve(rendering(None)))
    component = page.component()
    component.start()
    counts_on(component)
    draw(page, 2)
    page.page.get_by_text("drawn anew").wait_for()
    component.reach("idle")
    assert "Give it a key" in server_log.text
    component.start()
    page.until(lambda: numbers(component).count(0) == 2, "the outputs of another session")
    component.stop()
    assert "Traceback" not in server_log.text


def test_inputs_that_do_not_come_are_told_of_and_still_taken(
    serve: Serve,
    visit: Open,
    server_log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def show(image: Picture, word: str) -> Picture:
        return image

    def refuse(payload: str | None) -> str:
        raise ValueError("not ready")

    with gr.Blocks() as demo:
        word = gr.Textbox(label="Word")
        video = WebRTC(label="Picture", modality="video")
        video.stream(show, inputs=[video, word], outputs=[video])
    # No listener that takes its value is called.
    monkeypatch.setattr(word, "preprocess", refuse)
    page = visit(serve(demo))
    page.expect_problem("status of 500")
    component = page.component()
    component.start()
    page.page.get_by_text("waits for the values of its inputs").wait_for()
    assert server_log.text.count("set_input(webrtc_id, ...)") == 1
    monkeypatch.undo()
    page.page.get_by_label("Word").fill("now")
    component.shows(PATTERN)
    component.stop()


def test_a_component_without_a_stream_says_what_to_do(
    serve: Serve, visit: Open, server_log: pytest.LogCaptureFixture
) -> None:
    with gr.Blocks() as demo:
        WebRTC(label="Nothing", modality="audio")
    component = visit(serve(demo)).component()
    for _ in range(2):
        component.part("webrtc-start").click()
        component.reach("failed")
        assert "call the component's stream()" in (component.error() or "")
    assert server_log.text.count("WebRTC(label='Nothing'): nothing is connected") == 1
