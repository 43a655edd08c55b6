"""A button that is held to talk: by mouse, finger and keyboard, over WebRTC and a websocket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import ReplyOnPause, WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component, Visit
from tests.browser.test_fallback import NO_UDP

RATE = 48_000
Audio = tuple[int, np.ndarray]


class Asked:
    """Hums for longer than anybody listens; keeps how many seconds it was asked each time."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, audio: Audio) -> Iterator[Audio]:
        rate, said = audio
        self.seconds.append(np.count_nonzero(np.abs(said) > 100) / rate)
        for number in range(600):
            at = (number * RATE // 10 + np.arange(RATE // 10)) / RATE
            yield RATE, (9000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)


class Person:
    """One page with a button, and a text field beside it."""

    def __init__(self, visit: Visit, asked: Asked) -> None:
        self.page = visit
        self.asked = asked
        self.component: Component = visit.component()
        self.button = self.component.part("webrtc-talk")

    def pressed(self) -> bool:
        return self.button.get_attribute("aria-pressed") == "true"

    def turn_is(self, turn: str) -> None:
        said = self.component
        self.page.until(lambda: said.turn() == turn, lambda: f"{turn}; turns {said.turns()}")

    def talks(self, press: Callable[[], None], release: Callable[[], None]) -> None:
        """Hold the button for a while: some of it was said, and nothing else was heard."""
        before, began = len(self.asked.seconds), time.monotonic()
        press()
        assert self.pressed()
        self.turn_is("speaking")
        # The fake microphone repeats a sentence of a few seconds, pauses and all.
        self.page.page.wait_for_timeout(2_500)
        release()
        held = time.monotonic() - began
        assert not self.pressed()
        self.page.until(lambda: len(self.asked.seconds) > before, "an answer")
        self.turn_is("replying")
        assert 0.5 < self.asked.seconds[-1] < held + 1.0


@pytest.fixture
def person(serve: Serve, visit: Open, usual_flags: tuple[str, ...]) -> Callable[..., Person]:
    """Return what opens a connected page."""

    def connected(*flags: str, **options: object) -> Person:
        asked = Asked()
        with gr.Blocks() as demo:
            audio = WebRTC(label="Voice", modality="audio", push_to_talk=True)
            audio.stream(ReplyOnPause(asked), inputs=[audio], outputs=[audio])
            gr.Textbox(label="Notes")
        page = visit(serve(demo), flags=(*usual_flags, *flags), **options)
        page.component().start()
        return Person(page, asked)

    return connected


def test_only_what_is_said_while_it_is_held_is_heard(person: Callable[..., Person]) -> None:
    someone = person()
    page, mouse, keys = someone.page.page, someone.page.page.mouse, someone.page.page.keyboard
    someone.turn_is("listening")
    assert someone.component.turn_words() == "Ready"
    page.wait_for_timeout(3_000)  # the microphone hears somebody speak all the while
    assert someone.component.turns() == ["", "listening"]
    assert not someone.asked.seconds
    assert someone.component.part("webrtc-mute").count() == 0

    someone.button.hover()
    someone.talks(mouse.down, mouse.up)
    someone.page.until(someone.component.hears, "the reply")

    # A press interrupts; in so short a one nothing is said.
    mouse.down()
    someone.turn_is("speaking")
    mouse.up()
    someone.turn_is("listening")
    assert len(someone.asked.seconds) == 1

    # The space bar, wherever the focus is but in a field.
    page.mouse.click(5, 5)
    someone.talks(lambda: keys.down(" "), lambda: keys.up(" "))
    page.get_by_label("Notes").click()
    keys.press("Space")
    assert page.get_by_label("Notes").input_value() == " "
    assert someone.component.turn() == "replying", "it was only typed"

    # The focused button, by Enter; and it is let go with the window's focus.
    someone.button.focus()
    keys.down("Enter")
    assert someone.pressed()
    someone.turn_is("speaking")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    assert not someone.pressed()
    keys.up("Enter")

    # Who cannot hold presses twice.
    press = "element => element.click()"
    someone.talks(lambda: someone.button.evaluate(press), lambda: someone.button.evaluate(press))

    someone.component.stop()
    assert someone.button.count() == 0


def test_a_finger_on_a_phone_and_over_a_websocket(person: Callable[..., Person]) -> None:
    someone = person(NO_UDP, viewport={"width": 375, "height": 700}, has_touch=True)
    assert someone.component.root.get_attribute("data-way") == "websocket"
    box = someone.button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    touch = someone.page.page.context.new_cdp_session(someone.page.page)
    at = [{"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}]

    def finger(kind: str, points: list[dict[str, float]]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    someone.talks(lambda: finger("touchStart", at), lambda: finger("touchEnd", []))
