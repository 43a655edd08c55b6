"""What a handler says on the side reaches the page: once, in order, in time, and nobody else's."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import AdditionalOutputs, CloseStream, WebRTC, get_current_context
from tests.browser.conftest import Open, Serve
from tests.browser.emitters import WATCH, AsyncEmitter, Emitter, output_app
from tests.browser.pages import Component
from tests.browser.video_pattern import Picture

CALM: dict[str, Any] = {"show_progress": "hidden"}


def text(component: Component, label: str) -> str:
    return component.page.get_by_label(label, exact=True).input_value()


def numbers(component: Component, label: str = "All") -> list[int]:
    return [int(word) for word in text(component, label).split()]


def shows(component: Component, expected: list[int], label: str = "All") -> None:
    """Wait until the textbox lists exactly the ``expected`` numbers."""
    component.visit.until(
        lambda: numbers(component, label)[-1:] == expected[-1:],
        lambda: f"the end of {expected}; {label} has {numbers(component, label)}",
        60,
    )
    assert numbers(component, label) == expected


def add(words: str, number: int, *_: Any) -> str:
    return f"{words} {number}".strip()


async def add_async(words: str, number: int, *_: Any) -> str:
    return add(words, number)


def add_in_steps(words: str, number: int, *_: Any) -> Iterator[str]:
    yield add(words, -1)
    yield add(words, number)


async def add_in_async_steps(words: str, number: int, *_: Any) -> AsyncIterator[str]:
    yield add(words, -1)
    yield add(words, number)


@pytest.mark.parametrize("queue", [True, False])
@pytest.mark.parametrize("fn", [add, add_async], ids=["sync", "async"])
@pytest.mark.parametrize("handler", [Emitter, AsyncEmitter])
def test_an_input_that_is_an_output_accumulates(
    serve: Serve, visit: Open, handler: Any, fn: Any, queue: bool
) -> None:
    def listen(audio: WebRTC) -> None:
        words = gr.Textbox(label="All")
        audio.on_additional_outputs(fn, words, words, queue=queue, **CALM)

    # All of them at once, and the stream ends with the last one.
    demo, _ = output_app(handler(rate=1000, count=20, last=CloseStream("Done.")), listen)
    component = visit(serve(demo)).component()
    component.part("webrtc-start").click()
    component.reach("idle")
    shows(component, list(range(20)))
    assert component.notice() == "Done."


@pytest.mark.parametrize("fn", [add_in_steps, add_in_async_steps], ids=["sync", "async"])
def test_a_generator_shows_its_steps(serve: Serve, visit: Open, fn: Any) -> None:
    def listen(audio: WebRTC) -> None:
        words = gr.Textbox(label="All")
        audio.on_additional_outputs(fn, [words], [words], **CALM)

    demo, _ = output_app(Emitter(rate=20, count=10), listen)
    component = visit(serve(demo)).component()
    component.start()
    shows(component, list(range(10)))
    component.stop()


def test_sixty_outputs_a_second_come_in_order_and_do_not_flood(serve: Serve, visit: Open) -> None:
    def listen(audio: WebRTC) -> None:
        words, last, kept = gr.Textbox(label="All"), gr.Number(label="Last"), gr.State([])
        audio.on_additional_outputs(add, words, words, **CALM)

        def collect(before: list[int], number: int, at: float) -> tuple[list[int], int]:
            assert before == list(range(number)), before
            return [*before, number], number

        audio.on_additional_outputs(collect, kept, [kept, last], **CALM)

    demo, _ = output_app(Emitter(rate=60, count=240), listen)
    component = visit(serve(demo)).component()
    requests: list[str] = []
    component.page.on("request", lambda request: requests.append(request.url))
    component.start()
    shows(component, list(range(240)))
    component.visit.until(lambda: text(component, "Last") == "239", "the other listener's last")
    joined = [url for url in requests if "queue/join" in url]
    assert len(joined) < 240, "a call for several outputs, not one each"
    component.stop()


@pytest.mark.serial  # measures how long it takes
def test_outputs_are_seen_soon(serve: Serve, visit: Open) -> None:
    def listen(audio: WebRTC) -> None:
        last = gr.Textbox(label="Last")
        audio.on_additional_outputs(lambda n, at: json.dumps([n, at]), outputs=last, **CALM)

    demo, _ = output_app(Emitter(rate=10, count=30), listen)
    component = visit(serve(demo), script=WATCH).component()
    component.page.evaluate("watch('Last')")
    component.start()
    component.visit.until(lambda: text(component, "Last").startswith("[29,"), "the last output")
    seen = [(at, *json.loads(value)) for at, value in component.page.evaluate("seen.Last")]
    assert [number for _, number, _ in seen] == sorted(number for _, number, _ in seen)
    delays = sorted(at - said for at, _, said in seen)
    # A quiet machine shows a tenth of this.
    assert delays[len(delays) // 2] < 1500, delays
    component.stop()


def said_by_itself_only(component: Component) -> None:
    """Wait for the last output; all were said by the page's own connection, in order."""
    component.visit.until(
        lambda: " 9@" in text(component, "All"), lambda: f"all of {text(component, 'All')}", 90
    )
    component.page.get_by_role("button", name="Who").click()
    component.visit.until(lambda: text(component, "Own"), "its own id")
    own = text(component, "Own")
    assert text(component, "All").split() == [f"{n}@{own}" for n in range(10)]


def test_several_pages_do_not_mix(serve: Serve, visit: Open) -> None:
    together = threading.Event()

    def say() -> Any:
        while not together.wait(0.1):
            yield None
        for number in range(10):
            yield AdditionalOutputs(number, get_current_context().webrtc_id)
            time.sleep(0.1)
        while True:
            time.sleep(0.1)
            yield None

    def collect(said: str, number: int, webrtc_id: str) -> str:
        assert get_current_context().webrtc_id == webrtc_id
        return f"{said} {number}@{webrtc_id}".strip()

    # Without a microphone, since five of those and their meters are much for two cores.
    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", mode="receive", modality="audio")
        said, own = gr.Textbox(label="All"), gr.Textbox(label="Own")
        go = gr.Button("Go")
        audio.stream(say, None, audio, trigger=go.click, concurrency_limit=None)
        audio.on_additional_outputs(collect, said, said, **CALM)
        gr.Button("Who").click(lambda webrtc_id: webrtc_id, audio, own)
    url = serve(demo)
    components = [visit(url).component() for _ in range(5)]
    for component in components:
        component.page.get_by_role("button", name="Go", exact=True).click()
    for component in components:
        component.reach("connected", seconds=60)
    together.set()
    for component in components:
        said_by_itself_only(component)
    for component in components:
        component.stop()


def test_a_listener_that_raises_does_not_stop_later_outputs(serve: Serve, visit: Open) -> None:
    def fragile(words: str, number: int, at: float) -> str:
        if number in (2, 5):
            raise gr.Error(f"not {number}")
        return add(words, number)

    def listen(audio: WebRTC) -> None:
        words, other = gr.Textbox(label="All"), gr.Textbox(label="Other")
        audio.on_additional_outputs(fragile, words, words)
        audio.on_additional_outputs(add, other, other, queue=False)

    demo, _ = output_app(Emitter(rate=50, count=8, last=CloseStream()), listen)
    component = visit(serve(demo)).component()
    component.visit.expect_problem("status of 500")
    component.part("webrtc-start").click()
    shows(component, [0, 1, 3, 4, 6, 7])
    shows(component, list(range(8)), "Other")
    component.page.get_by_text("not 5").wait_for()


def test_current_values_of_other_inputs_are_seen(serve: Serve, visit: Open) -> None:
    def listen(audio: WebRTC) -> None:
        word, last = gr.Textbox("old", label="Word"), gr.Textbox(label="Last")
        audio.on_additional_outputs(lambda word, n, at: f"{word} {n}", word, last, **CALM)

    demo, _ = output_app(Emitter(rate=20, count=100_000), listen)
    component = visit(serve(demo)).component()
    component.start()
    component.visit.until(lambda: text(component, "Last").startswith("old"), "an output")
    component.page.get_by_label("Word").fill("new")
    component.visit.until(lambda: text(component, "Last").startswith("new"), "the new value")
    component.stop()


def test_what_is_said_while_the_page_is_away_arrives(serve: Serve, visit: Open) -> None:
    """The page loses its connection, and makes a new one: nothing is lost or told twice."""
    cut = """
      const Real = window.RTCPeerConnection;
      window.peers = [];
      window.RTCPeerConnection = function (...options) {
        const peer = new Real(...options);
        window.peers.push(peer);
        return peer;
      };
    """

    class Continuing(Emitter):
        """All connections count on together; ``last`` has the last number of each."""

        said: list[int] = []  # noqa: RUF012 - shared on purpose
        last: dict[str, int] = {}  # noqa: RUF012

        def __init__(self, *settings: Any) -> None:
            super().__init__(20, 10**6)

        def emit(self) -> Any:
            value = super().emit()
            self.said.append(len(self.said))
            Continuing.last[get_current_context().webrtc_id] = self.said[-1]
            return AdditionalOutputs(self.said[-1]) if value is not None else None

        def copy(self) -> Continuing:
            return Continuing()

    def listen(audio: WebRTC) -> None:
        words = gr.Textbox(label="All")
        audio.on_additional_outputs(add, words, words, **CALM)

    demo, _ = output_app(Continuing(), listen)
    component = visit(serve(demo), script=cut).component()
    component.start()
    component.visit.until(lambda: len(numbers(component)) > 5, "some outputs")
    component.page.evaluate("""() => {
      const old = peers.at(-1);
      Object.defineProperty(old, 'connectionState', { value: 'failed' });
      old.onconnectionstatechange?.();
    }""")
    component.visit.until(lambda: "reconnecting" in component.states(), "a reconnection")
    component.reach("connected")
    said = len(Continuing.said)
    component.visit.until(lambda: numbers(component)[-1:] > [said + 5], "later outputs")
    component.stop()
    # Of each session, what its emit returned when it had ended was not said any more.
    after = [number for number in Continuing.said if number not in Continuing.last.values()]
    component.visit.until(lambda: set(after) <= set(numbers(component)), "all that was said")
    assert numbers(component) == sorted(set(numbers(component)))
    assert len(Continuing.last) >= 2


@pytest.mark.parametrize("ending", ["generator", "error", "hidden"])
def test_the_last_words_of_a_video_function(serve: Serve, visit: Open, ending: str) -> None:
    count = 0

    def frames(image: Picture) -> Any:
        nonlocal count
        count += 1
        if count > 12:
            if ending == "error":
                raise ValueError("broken")
            if ending == "generator":
                return CloseStream("Over.")
            return None
        return image, AdditionalOutputs(count)

    with gr.Blocks() as demo:
        words = gr.Textbox(label="All")
        video = WebRTC(label="Stream", modality="video")
        video.stream(frames, inputs=[video], outputs=[video])
        video.on_additional_outputs(add, words, words, **CALM)
        gr.Button("Hide").click(lambda: gr.update(visible=False), outputs=video)
        gr.Button("Show").click(lambda: gr.update(visible=True), outputs=video)
    component = visit(serve(demo)).component()
    component.part("webrtc-start").click()
    if ending == "hidden":
        component.reach("connected")
        component.page.get_by_role("button", name="Hide", exact=True).click()
        component.root.wait_for(state="detached")
        component.page.get_by_role("button", name="Show", exact=True).click()
        component.reach("idle")
        # A call that was under way when the session ended is not heard any more.
        said = min(count, 12)
        component.visit.until(
            lambda: numbers(component) in ([*range(1, said)], [*range(1, said + 1)]),
            lambda: f"the last of {said}; there is {text(component, 'All')}",
        )
    else:
        component.reach("failed" if ending == "error" else "idle")
        shows(component, list(range(1, 13)))
