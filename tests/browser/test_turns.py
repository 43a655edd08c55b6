"""Whose turn it is, as the page shows it, and how soon an interrupted reply falls silent there."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import AsyncStreamHandler, WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component, Visit
from tests.browser.spoken_audio import ENVELOPE_STEP

RATE = 48_000


class Scripted(AsyncStreamHandler):
    """Tells the page what the test tells it to, and plays a tone all the while."""

    live: Scripted

    def __init__(self) -> None:
        super().__init__()
        self.played = 0

    async def start_up(self) -> None:
        Scripted.live = self

    async def receive(self, frame: Any) -> None:
        pass

    async def emit(self) -> tuple[int, np.ndarray]:
        time = (self.played + np.arange(RATE // 10)) / RATE
        self.played += time.size
        return RATE, (9000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16).reshape(1, -1)

    def copy(self) -> Scripted:
        return Scripted()


def tell(kind: str, data: str) -> None:
    """Send a message as a handler that takes turns does."""
    Scripted.live.send_message_sync(json.dumps({"type": kind, "data": data}))


@pytest.fixture
def talk(serve: Serve, visit: Open) -> Any:
    """Return a function that opens a connected component with some options."""

    def connected(**options: Any) -> Component:
        with gr.Blocks() as demo:
            audio = WebRTC(label="Voice", modality="audio", **options)
            audio.stream(Scripted(), inputs=[audio], outputs=[audio])
        component = visit(serve(demo)).component()
        component.start()
        component.visit.until(lambda: hasattr(Scripted, "live"), "the handler")
        return component

    yield connected
    del Scripted.live


def caption(component: Component, words: str) -> None:
    """Wait until the component says ``words`` of the turn."""
    component.visit.until(
        lambda: component.turn_words() == words,
        lambda: f"{words!r}; it says {component.turn_words()!r}, turns {component.turns()}",
    )


@pytest.mark.parametrize("variant", ["wave", "textbox"])
def test_each_turn_is_shown_and_named(talk: Any, variant: str) -> None:
    component = talk(variant=variant)
    assert component.turns() == [""]
    assert component.status() == "Connected"
    for event, turn, words in [
        ("started_talking", "speaking", "Hearing you"),
        ("pause_detected", "thinking", "Thinking"),
        ("response_starting", "replying", "Speaking"),
        ("interrupted", "speaking", "Hearing you"),
        ("response_starting", "replying", "Speaking"),
        ("response_ended", "listening", "Listening"),
    ]:
        tell("log", event)
        caption(component, words)
        assert component.turn() == turn
    component.stop()
    assert component.turns() == [
        *["", "speaking", "thinking", "replying", "speaking", "replying", "listening", ""]
    ]
    assert component.turn_words() is None


def test_a_stop_word_is_shown_for_a_while(talk: Any) -> None:
    component = talk()
    tell("stopword", "hello computer")
    chip = component.part("webrtc-stopword")
    chip.wait_for()
    assert chip.inner_text() == "hello computer"
    chip.wait_for(state="detached")
    tell("stopword", "")
    chip.wait_for()
    assert chip.inner_text() == "Stop word"


def test_the_author_gives_the_words(talk: Any) -> None:
    component = talk(turn_labels={"thinking": "Einen Moment"})
    tell("log", "pause_detected")
    caption(component, "Einen Moment")
    tell("log", "response_starting")
    caption(component, "Speaking")


def test_an_author_may_show_nothing_of_it(talk: Any) -> None:
    component = talk(turn_labels=False)
    tell("stopword", "computer")
    tell("log", "pause_detected")
    component.visit.until(lambda: component.turn() == "thinking", "the turn in data-turn")
    assert component.turn_words() is None
    assert component.part("webrtc-stopword").count() == 0
    assert component.status() == "Connected"


READ_ALOUD = """(root) => {
  const note = () => {
    const aloud = root.querySelector("[aria-live=polite]")?.textContent ?? "";
    root.noted.push([performance.now(), root.dataset.turn, aloud]);
  };
  root.noted = [];
  new MutationObserver(note).observe(root, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["data-turn"],
  });
}"""
"""Notes when which turn is shown, and what of it is read aloud."""


def test_only_what_cannot_be_heard_is_read_aloud(talk: Any) -> None:
    component = talk()
    component.root.evaluate(READ_ALOUD)
    aloud = component.root.locator("[aria-live=polite]")
    for event in ("started_talking", "pause_detected"):
        tell("log", event)
    component.visit.until(lambda: aloud.text_content() == "Thinking", "a word on a long pause")
    tell("log", "response_starting")
    caption(component, "Speaking")
    component.visit.until(lambda: aloud.text_content() == "", "silence")
    noted = component.root.evaluate("(root) => root.noted")
    assert {words for _, _, words in noted} == {"", "Thinking"}
    began = next(at for at, turn, _ in noted if turn == "thinking")
    assert next(at for at, _, words in noted if words) - began > 2500


@pytest.mark.serial  # how long the page is silent; a busy machine adds silence of its own
def test_an_interrupted_reply_is_silenced_in_the_page_and_the_next_is_heard(talk: Any) -> None:
    component = talk()
    component.visit.until(component.hears, "the tone")
    tell("log", "response_starting")
    asyncio.run_coroutine_threadsafe(later(0.5, "interrupted"), Scripted.live.loop)
    # The server goes on sending: whatever is silent here, the page has silenced.
    silent = component.record(3.0).envelope() < 0.01
    assert 0.7 < silent.sum() * ENVELOPE_STEP < 1.5
    tell("log", "response_starting")
    asyncio.run_coroutine_threadsafe(later(0.5, "interrupted"), Scripted.live.loop)
    asyncio.run_coroutine_threadsafe(later(0.7, "response_starting"), Scripted.live.loop)
    silent = component.record(2.0).envelope() < 0.01
    assert 0.05 < silent.sum() * ENVELOPE_STEP < 0.5


async def later(seconds: float, event: str) -> None:
    """Tell of a turn when the recording has begun."""
    await asyncio.sleep(seconds)
    tell("log", event)


def test_a_page_that_asks_for_less_motion_has_none(serve: Serve, visit: Open, talk: Any) -> None:
    component: Component = talk()
    page: Visit = component.visit
    page.page.emulate_media(reduced_motion="no-preference")
    tell("log", "pause_detected")
    caption(component, "Thinking")

    def moving() -> int:
        endless = "(each) => each.effect.getTiming().iterations === Infinity"
        script = f"(root) => root.getAnimations({{ subtree: true }}).filter({endless}).length"
        count: int = component.root.evaluate(script)
        return count

    assert moving() > 0
    page.page.emulate_media(reduced_motion="reduce")
    page.until(lambda: moving() == 0, "the end of all motion")
