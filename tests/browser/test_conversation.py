"""A conversation in the page: spoken to, it hears, thinks, speaks, and can be interrupted."""

from __future__ import annotations

import time
from collections.abc import Iterator

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import ReplyOnPause, TurnTimings, WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.fake_microphone import microphone
from tests.browser.pages import Component

RATE = 48_000
THINKING_S = 1.0
Audio = tuple[int, np.ndarray]


def reply(audio: Audio) -> Iterator[Audio]:
    """Think a little, then hum for longer than anybody listens."""
    time.sleep(THINKING_S)
    for number in range(300):
        at = (number * RATE // 10 + np.arange(RATE // 10)) / RATE
        yield RATE, (9000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


def timings(component: Component, until: str) -> dict[str, float]:
    """Return the lines of the last turn, as soon as ``until`` is among them."""
    lines = component.part("webrtc-turn-timings").locator("tr")

    def read() -> dict[str, float]:
        cells = [text.split("\t") for text in lines.all_inner_texts()]
        return {cell[0]: float(cell[1].split()[0]) for cell in cells[1:]}

    component.visit.until(lambda: until in read(), lambda: f"{until} among {read()}")
    return read()


@pytest.fixture(scope="module")
def hearing(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Flags: the microphone asks the same question again and again, into the replies."""
    path = tmp_path_factory.mktemp("voice") / "question.wav"
    return microphone(path, 1.0, "What is the capital of France?", 4.0)


@pytest.fixture
def turns() -> list[TurnTimings]:
    return []


@pytest.fixture
def component(
    serve: Serve, visit: Open, hearing: tuple[str, ...], turns: list[TurnTimings]
) -> Component:
    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", modality="audio", show_statistics=True)
        handler = ReplyOnPause(reply, on_turn=turns.append)
        audio.stream(handler, inputs=[audio], outputs=[audio])
    return visit(serve(demo), flags=hearing).component()


def test_the_page_shows_each_turn_and_falls_silent_when_interrupted(
    component: Component, turns: list[TurnTimings]
) -> None:
    component.start()
    component.part("webrtc-statistics-toggle").click()
    visit = component.visit
    visit.until(lambda: component.turn() == "replying", lambda: f"a reply: {component.turns()}")
    visit.until(component.hears, "the reply")
    seconds = timings(component, "Heard")
    assert list(seconds) == ["Decided", "First token", "First audio", "Heard"]
    assert seconds["Decided"] + THINKING_S <= seconds["First token"] <= seconds["Heard"]
    visit.until(lambda: component.turn() == "speaking", "the next question")
    assert not component.hears(), f"still heard; the turns were {component.turns()}"
    visit.until(lambda: component.turn() == "replying", "the next reply")
    visit.until(component.hears, "it")
    component.stop()
    visit.until(lambda: len(turns) > 1, "both turns")
    assert turns[0].interrupted
    assert turns[0].playout_s is not None, "the page has measured the reply before it was cut off"
    assert 0 < turns[0].playout_s < 5
    # On a busy machine a question may be torn apart, which adds turns and changes no order.
    took = iter(component.turns())
    turn_by_turn = ["speaking", "thinking", "replying"]
    assert all(turn in took for turn in ["", "listening", *turn_by_turn, *turn_by_turn])
