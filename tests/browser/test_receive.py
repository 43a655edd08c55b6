"""Sound and pictures that the server makes by itself, started by the app's own buttons."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Route

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import sessions
from tests.browser.pages import AUDIBLE, Component
from tests.browser.spoken_audio import Recording
from tests.browser.video_pattern import GREEN, RED, Picture, Quarters

RATE = 48_000
PIECE = RATE // 10
Chunk = tuple[int, np.ndarray]

WATCH = """() => {
  const video = document.querySelector("[data-testid=webrtc-media]");
  window.seen = [];
  const look = () => {
    window.seen.push(probe.colours(0, "webrtc-media"));
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
}"""
"""Keeps the colours of every picture that is shown."""


def tone(pitch: float, piece: int) -> Chunk:
    at = (piece * PIECE + np.arange(PIECE)) / RATE
    return RATE, (8000 * np.sin(2 * np.pi * pitch * at)).astype(np.int16)


def beep(pitch: float, seconds: float = 1.0) -> Iterator[Chunk]:
    for piece in range(round(seconds * 10)):
        yield tone(pitch, piece)


async def beep_async(pitch: float, seconds: float = 1.0) -> AsyncIterator[Chunk]:
    for chunk in beep(pitch, seconds):
        await asyncio.sleep(0)
        yield chunk


def endless(pitch: float) -> Iterator[Chunk]:
    return beep(pitch, 600)


def audio_app(fn: Callable[..., Any], **options: Any) -> tuple[gr.Blocks, WebRTC]:
    with gr.Blocks() as demo:
        pitch = gr.Number(440, label="Pitch")
        button = gr.Button("Play")
        audio = WebRTC(label="Voice", mode="receive", modality="audio")
        audio.stream(fn=fn, inputs=[pitch], outputs=[audio], trigger=button.click, **options)
    return demo, audio


def press(component: Component, name: str = "Play") -> None:
    component.page.get_by_role("button", name=name, exact=True).click()


def set_pitch(component: Component, pitch: int) -> None:
    field = component.page.get_by_label("Pitch")
    field.fill(str(pitch))
    field.press("Tab")


def seconds_of(recording: Recording, pitch: float) -> float:
    """Return for how long ``pitch`` is what is heard, to 10 ms."""
    step = recording.rate // 100
    count = 0
    for start in range(0, recording.samples.size - step, step):
        piece = Recording(recording.rate, recording.samples[start : start + step])
        count += piece.loudness() > 0.02 and piece.share_of(pitch, 150) > 0.7
    return count / 100


def plays(component: Component, pitch: float) -> None:
    def found() -> bool:
        # A stream that is replaced meanwhile may give nothing.
        sound = component.heard(0.3)
        return sound is not None and sound.loudness() > AUDIBLE and sound.share_of(pitch) > 0.8

    component.visit.until(
        found,
        lambda: (
            f"a tone of {pitch} Hz; heard is {component.record(0.3).loudest():.0f} Hz, "
            f"it was {component.states()}, {component.error()}"
        ),
    )


@pytest.mark.parametrize("fn", [beep, beep_async])
def test_a_button_plays_a_generator_with_the_values_of_the_press(
    serve: Serve, visit: Open, fn: Callable[..., Any]
) -> None:
    demo, audio = audio_app(fn)
    component = visit(serve(demo)).component()
    assert component.status() == "Starts from the app"
    assert component.part("webrtc-start").count() == 0
    for pitch in (700, 1100):
        set_pitch(component, pitch)
        component.record_next()
        press(component)
        component.passes("connected", "idle")
        assert seconds_of(component.recorded(), pitch) > 0.8
        assert component.notice() is None
    assert component.error() is None
    assert component.states() == ["idle", *["connecting", "connected", "idle"] * 2]
    component.visit.until(lambda: sessions(audio) == 0, "the server to forget the session")


def with_an_end() -> Iterator[Chunk]:
    yield from beep(440, 0.8)
    yield tone(1500, 0)


def test_the_last_moment_is_heard(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        button = gr.Button("Play")
        audio = WebRTC(mode="receive", modality="audio")
        audio.stream(with_an_end, outputs=[audio], trigger=button.click)
    component = visit(serve(demo)).component()
    component.record_next()
    press(component)
    component.passes("connected", "idle")
    assert seconds_of(component.recorded(), 1500) >= 0.08


def solid(colour: tuple[int, int, int]) -> Picture:
    return np.full((120, 160, 3), colour, np.uint8)


def traffic_light(first: float) -> Iterator[Picture]:
    for _ in range(int(first)):
        time.sleep(0.03)
        yield solid(RED)
    yield solid(GREEN)


async def traffic_light_async(first: float) -> AsyncIterator[Picture]:
    for _ in range(int(first)):
        await asyncio.sleep(0.03)
        yield solid(RED)
    yield solid(GREEN)


@pytest.mark.parametrize("fn", [traffic_light, traffic_light_async])
def test_pictures_are_shown_to_the_last(serve: Serve, visit: Open, fn: Callable[..., Any]) -> None:
    with gr.Blocks() as demo:
        count = gr.Slider(1, 100, value=30, step=1, label="Count")
        button = gr.Button("Play")
        video = WebRTC(mode="receive", modality="video")
        video.stream(fn, inputs=[count], outputs=[video], trigger=button.click)
    component = visit(serve(demo)).component()
    component.page.evaluate(WATCH)
    press(component)
    component.passes("connected", "idle")
    seen = [Quarters(*map(tuple, each)) for each in component.page.evaluate("window.seen") if each]
    assert seen[-1].near(Quarters(GREEN, GREEN, GREEN, GREEN))
    # All but the last are red; how many of them a busy machine shows is its own matter.
    red = [each for each in seen[:-1] if each.near(Quarters(RED, RED, RED, RED))]
    assert len(red) >= 5, seen


def test_pressing_again_starts_anew_and_stands_in_no_line(serve: Serve, visit: Open) -> None:
    demo, audio = audio_app(endless)
    component = visit(serve(demo)).component()
    press(component)
    component.reach("connected")
    plays(component, 440)
    for pitch in (700, 1000):
        set_pitch(component, pitch)
        press(component)
        plays(component, pitch)
        component.visit.until(lambda: sessions(audio) == 1, "one session")
    component.part("webrtc-stop").click()
    component.reach("idle")
    component.visit.until(lambda: sessions(audio) == 0, "no session")
    assert "waiting" not in component.states()
    assert component.part("webrtc-stop").count() == 0
    press(component)
    plays(component, 1000)
    assert "waiting" not in component.states()


def test_of_many_quick_presses_the_last_one_counts(serve: Serve, visit: Open) -> None:
    demo, audio = audio_app(endless)
    component = visit(serve(demo)).component()
    late: list[Route] = []

    def hold(route: Route) -> None:
        if "[900" in (route.request.post_data or ""):
            late.append(route)
        else:
            route.continue_()

    component.page.route("**/run/**", hold)
    for pitch in (500, 600, 700, 800, 900, 1200):
        set_pitch(component, pitch)
        press(component)
    # The last but one reaches the server when the last has had every chance to overtake it.
    component.reach("connected")
    plays(component, 800)
    [route] = late
    route.continue_()
    plays(component, 1200)
    component.visit.until(lambda: sessions(audio) == 1, "one session")
    assert "waiting" not in component.states()
    open_peers = "probe.peers.filter((peer) => peer.connectionState !== 'closed').length"
    component.visit.until(lambda: component.page.evaluate(open_peers) == 1, "one connection")


def test_a_submitted_text_is_kept_although_the_box_is_cleared(serve: Serve, visit: Open) -> None:
    texts: list[str] = []

    def spoken(text: str) -> Iterator[Chunk]:
        texts.append(text)
        yield from beep(600, 0.5)

    with gr.Blocks() as demo:
        box = gr.Textbox(label="Say")
        audio = WebRTC(mode="receive", modality="audio")
        audio.stream(spoken, inputs=[box], outputs=[audio], trigger=box.submit)
        box.submit(lambda: "", outputs=[box], queue=False)
    component = visit(serve(demo)).component()
    box_in_page = component.page.get_by_label("Say")
    box_in_page.fill("Good morning")
    box_in_page.press("Enter")
    component.passes("connected", "idle")
    assert texts == ["Good morning"]
    assert box_in_page.input_value() == ""


def test_an_error_is_shown_and_the_next_press_works(serve: Serve, visit: Open) -> None:
    def fragile(pitch: float) -> Iterator[Chunk]:
        yield from beep(pitch, 0.3)
        if pitch < 500:
            raise ValueError("too low")

    demo, _ = audio_app(fragile)
    component = visit(serve(demo, show_error=True)).component()
    press(component)
    component.reach("failed")
    assert "ValueError: too low" in (component.error() or "")
    set_pitch(component, 900)
    press(component)
    component.passes("failed", "connected", "idle")
    assert component.error() is None
    assert "waiting" not in component.states()


def test_two_people_wait_for_each_other_and_hear_their_own(serve: Serve, visit: Open) -> None:
    demo, audio = audio_app(endless, concurrency_limit=1)
    url = serve(demo)
    first, second = visit(url).component(), visit(url).component()
    press(first)
    plays(first, 440)
    set_pitch(second, 800)
    press(second)
    second.reach("waiting")
    # Pressing again changes what will be played, not the place in line.
    set_pitch(second, 1300)
    press(second)
    assert first.state() == "connected"
    first.part("webrtc-stop").click()
    second.reach("connected")
    plays(second, 1300)
    assert sessions(audio) == 1


def test_the_app_hears_of_it_and_never_sees_a_command(serve: Serve, visit: Open) -> None:
    values: list[str | None] = []
    events: list[str] = []
    with gr.Blocks() as demo:
        pitch = gr.Number(440, label="Pitch")
        button = gr.Button("Play")
        ask = gr.Button("Ask")
        audio: Any = WebRTC(mode="receive", modality="audio")
        audio.stream(
            endless,
            inputs=[pitch],
            outputs=[audio],
            trigger=button.click,
            js="(pitch) => pitch * 2",
        )
        button.click(values.append, inputs=[audio], queue=False)
        ask.click(values.append, inputs=[audio], queue=False)
        audio.start_recording(lambda: events.append("started"), queue=False)
        audio.stop_recording(lambda: events.append("stopped"), queue=False)
    component = visit(serve(demo)).component()
    press(component)
    plays(component, 880)
    press(component, "Ask")
    component.visit.until(lambda: len(values) == 2, "the values")
    assert values[0] is None
    assert values[1]
    assert sessions(audio) == 1
    component.part("webrtc-stop").click()
    component.reach("idle")
    component.visit.until(lambda: events == ["started", "stopped"], lambda: f"not {events}")


def test_it_may_start_with_the_page_and_is_not_obeyed_twice(serve: Serve, visit: Open) -> None:
    calls: list[float] = []

    def short(pitch: float) -> Iterator[Chunk]:
        calls.append(pitch)
        return beep(pitch, 0.5)

    with gr.Blocks() as demo:
        pitch = gr.Number(440, label="Pitch")
        hide, show = gr.Button("Hide"), gr.Button("Show")
        audio = WebRTC(mode="receive", modality="audio")
        audio.stream(short, inputs=[pitch], outputs=[audio], trigger=demo.load)
        hide.click(lambda: gr.update(visible=False), outputs=[audio])
        show.click(lambda: gr.update(visible=True), outputs=[audio])
    component = visit(serve(demo)).component()
    component.visit.until(lambda: calls == [440], "the generator to be called")
    component.passes("connected", "idle")
    press(component, "Hide")
    component.root.wait_for(state="detached")
    press(component, "Show")
    component.root.wait_for()
    component.page.wait_for_timeout(1000)
    assert component.state() == "idle"
    assert calls == [440]
