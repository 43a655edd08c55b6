"""Sound, pictures, texts and data in Firefox: what a person does and what comes of it."""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from tests.browser.conftest import Open, Serve
from tests.browser.firefox.apps import (
    LAST_HZ,
    REPLY_HZ,
    composer_app,
    conversation_app,
    counting_echo_app,
    receive_app,
    video_app,
)
from tests.browser.handlers import sessions
from tests.browser.pages import AUDIBLE, Component
from tests.browser.spoken_audio import Recording
from tests.browser.test_page import OUTSIDE, SMALL
from tests.browser.video_pattern import PATTERN, TOLERANCE
from tests.support.firefox import TONE


def hears(component: Component, pitch: float) -> None:
    """Wait until a tone of ``pitch`` Hz, and little else, is played."""
    heard: list[str] = []

    def found() -> bool:
        sound = component.heard(0.4)
        if sound is None:
            return False
        heard.append(f"{sound.loudest():.0f} Hz at {sound.loudness():.4f}")
        return sound.loudness() > AUDIBLE and sound.share_of(pitch) > 0.8

    component.visit.until(found, lambda: f"{pitch} Hz; heard was {heard[-3:]}")


def shows_pattern(component: Component) -> None:
    """Wait until the upper half of the picture is that of the pattern."""

    def upper_half() -> bool:
        shown = component.colours()
        return shown is not None and bool(
            np.abs(np.subtract(shown[:2], PATTERN[:2])).max() <= TOLERANCE
        )

    component.visit.until(upper_half, lambda: f"the pattern; it shows {component.colours()}")


def turn_is(component: Component, turn: str) -> None:
    component.visit.until(
        lambda: component.turn() == turn, lambda: f"{turn}; the turns were {component.turns()}"
    )


def is_last(heard: Recording) -> bool:
    """Whether it is the end of a tune."""
    return heard.loudness() > AUDIBLE and heard.share_of(LAST_HZ, 60.0) > 0.8


def is_silent(component: Component) -> bool:
    sound = component.heard(0.4)
    return sound is None or sound.loudness() < 1e-3


def test_a_voice_comes_back_is_metered_and_muted_and_may_start_again(
    serve: Serve, visit: Open
) -> None:
    demo, audio = counting_echo_app()
    component = visit(serve(demo)).component()
    page = component.visit
    for _ in range(2):
        component.start()
        assert component.root.get_attribute("data-way") != "websocket"
        hears(component, TONE)
        component.stop()
        page.until(lambda: sessions(audio) == 0, "the server to forget the session")
    captured = "probe.captures.every((each) => each.readyState === 'ended')"
    assert component.page.evaluate(captured), "the microphone is given back"

    component.start()
    meters = [component.part(f"webrtc-level-{side}") for side in ("in", "out")]

    def heights() -> list[int]:
        return [int(meter.get_attribute("aria-valuenow") or 0) for meter in meters]

    page.until(lambda: min(heights()) > 20, lambda: f"both meters to rise from {heights()}")
    component.part("webrtc-mute").click()
    page.until(lambda: is_silent(component), "silence")
    page.until(lambda: max(heights()) == 0, lambda: f"both meters to sink from {heights()}")
    component.part("webrtc-mute").click()
    hears(component, TONE)

    # What the handler says on the side came all the while, each once and in its order.
    counted = component.page.get_by_label("Counted")
    page.until(lambda: len(counted.input_value().split()) > 3, "additional outputs")
    numbers = [int(word) for word in counted.input_value().split()]
    runs = np.split(numbers, np.flatnonzero(np.equal(numbers, 1))[1:])
    assert all(run.tolist() == list(range(1, run.size + 1)) for run in runs), numbers


def test_a_picture_comes_back_whole_and_moves(serve: Serve, visit: Open) -> None:
    component = visit(serve(video_app())).component()
    page = component.visit
    component.start()
    shows_pattern(component)
    own = "document.querySelector('[data-testid=webrtc-self-view] video')"
    size = component.page.evaluate(f"[{own}.videoWidth, {own}.videoHeight]")
    page.until(lambda: list(component.size()) == size, lambda: f"{size}, not {component.size()}")
    frames, first = component.frames(), component.colours()
    assert first is not None
    page.until(lambda: component.frames() > frames + 20, "further pictures")
    # Firefox's camera goes through all colours.
    page.until(
        lambda: np.abs(np.subtract((component.colours() or first)[2:], first[2:])).max() > 10,
        "another colour of the camera",
    )

    component.part("webrtc-statistics-toggle").click()
    numbers = component.part("webrtc-statistics")
    page.until(lambda: f"{size[0]}\N{MULTIPLICATION SIGN}{size[1]}" in numbers.inner_text(),
               numbers.inner_text)  # fmt: skip
    assert "VP8" in numbers.inner_text()
    component.part("webrtc-statistics-toggle").click()

    component.part("webrtc-fullscreen").click()
    component.page.wait_for_function("document.fullscreenElement?.dataset.testid === 'webrtc'")
    component.part("webrtc-fullscreen").click()
    component.page.wait_for_function("document.fullscreenElement === null")
    component.stop()


def test_a_generator_is_heard_to_its_end(serve: Serve, visit: Open) -> None:
    component = visit(serve(receive_app())).component()
    for _ in range(2):
        component.record_next()
        component.page.get_by_role("button", name="Play").click()
        component.passes("connected", "idle")
        heard = component.recorded()
        # On a busy machine Firefox's Web Audio begins to listen when some of it is over.
        assert heard.share_of(REPLY_HZ) + heard.share_of(LAST_HZ) > 0.8
        step = heard.rate // 10
        pieces = heard.samples[: heard.samples.size // step * step].reshape(-1, step)
        last = [each for each in map(partial(Recording, heard.rate), pieces) if is_last(each)]
        assert len(last) >= 8, f"{len(last)} tenths of the last second"
    assert component.error() is None


def test_who_holds_the_button_talks_and_interrupts(serve: Serve, visit: Open) -> None:
    component = visit(serve(conversation_app(push_to_talk=True))).component()
    page, mouse, keys = component.page, component.page.mouse, component.page.keyboard
    component.start()
    button = component.part("webrtc-talk")
    button.hover()
    mouse.down()
    turn_is(component, "speaking")
    page.wait_for_timeout(1_000)  # how long somebody talks
    mouse.up()
    turn_is(component, "replying")
    hears(component, REPLY_HZ)
    # Barge-in: the reply would go on for a minute.
    mouse.down()
    turn_is(component, "speaking")
    component.visit.until(lambda: is_silent(component), "the reply to fall silent")
    mouse.up()
    component.visit.until(lambda: component.turn() != "speaking", "the end of the turn")
    page.mouse.click(5, 5)
    keys.down(" ")
    turn_is(component, "speaking")
    page.wait_for_timeout(1_000)
    keys.up(" ")
    turn_is(component, "replying")
    hears(component, REPLY_HZ)
    component.stop()


def test_a_typed_text_is_answered_without_a_microphone(serve: Serve, visit: Open) -> None:
    component = visit(serve(composer_app())).component()
    field = component.part("webrtc-textbox")
    field.fill("Good morning")
    # The composer shows the focus, with round corners; the field has no box of its own in it.
    assert field.evaluate("(each) => getComputedStyle(each).outlineStyle") == "none"
    field.press("Enter")
    component.reach("connected")
    hears(component, REPLY_HZ)
    said = component.page.get_by_label("Said")
    component.visit.until(lambda: said.input_value() == "Good morning", "the text at the server")
    assert component.page.evaluate("probe.captures.length") == 0
    assert field.input_value() == ""
    component.stop()


def test_nothing_overflows_a_phone_in_the_dark(serve: Serve, visit: Open) -> None:
    url = f"{serve(video_app())}?__theme=dark"
    component = visit(url, viewport={"width": 390, "height": 844}).component()
    component.start()
    component.part("webrtc-devices").click()
    component.root.get_by_role("combobox").wait_for()
    for width in (390, 320):
        component.page.set_viewport_size({"width": width, "height": 844})
        component.visit.until(
            lambda: component.root.evaluate(OUTSIDE) == [],
            lambda: f"all to be inside; {component.root.evaluate(OUTSIDE)} is not",
        )
        assert component.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert component.root.evaluate(SMALL) == []
    ground = component.root.evaluate("(each) => getComputedStyle(each).backgroundColor")
    assert max(int(number) for number in re.findall(r"\d+", ground)[:3]) < 80, ground
