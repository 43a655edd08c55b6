"""Several pages that watch one generator."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import gradio as gr
import numpy as np

from gradio_webrtc import AdditionalOutputs, WebRTC, WebRTCError
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.video_pattern import GREEN, RED, Colour, Picture, Quarters


class Show:
    """A generator that shows one picture, another when it may, and fails when it has to."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.second = threading.Event()
        self.failure = threading.Event()

    def run(self, place: str) -> Iterator[Any]:
        self.calls.append(place)
        yield filled(RED), AdditionalOutputs("first half")
        self.second.wait()
        yield filled(GREEN), AdditionalOutputs("second half")
        self.failure.wait()
        raise WebRTCError("The camera fell over.")


def filled(colour: Colour) -> Picture:
    return np.full((240, 320, 3), colour, np.uint8)


def app(show: Show) -> gr.Blocks:
    with gr.Blocks() as demo:
        place = gr.Textbox("north", label="Place")
        news = gr.Textbox(label="News")
        button = gr.Button("Watch")
        video = WebRTC(mode="receive", modality="video", shared=True)
        video.stream(show.run, inputs=[place], outputs=[video], trigger=button.click)
        video.on_additional_outputs(lambda text: text, outputs=[news])
    return demo


def watch(page: Component) -> None:
    page.page.get_by_role("button", name="Watch", exact=True).click()
    page.reach("connected")


def hears_of(page: Component, news: str) -> None:
    field = page.page.get_by_label("News", exact=True)
    page.visit.until(lambda: field.input_value() == news, lambda: f"{news} in {page.index}")


def test_all_pages_see_the_same_also_who_comes_late_and_all_hear_of_the_end(
    serve: Serve, visit: Open
) -> None:
    show = Show()
    url = serve(app(show))
    pages = [visit(url).component() for _ in range(2)]
    try:
        for page in pages:
            watch(page)
            page.shows(Quarters(RED, RED, RED, RED))
        late = visit(url).component()  # while nothing moves
        watch(late)
        late.shows(Quarters(RED, RED, RED, RED))
        hears_of(late, "first half")
        pages.append(late)
        show.second.set()
        for page in pages:
            page.shows(Quarters(GREEN, GREEN, GREEN, GREEN))
            hears_of(page, "second half")
        assert show.calls == ["north"]
    finally:
        show.second.set()
        show.failure.set()
    for page in pages:
        words = page.visit.until(page.error, "an error")
        assert words is not None
        assert words.startswith("The camera fell over.")
