"""Typing and talking in one composer, as a person would."""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import Any

import gradio as gr
import numpy as np
import pytest
from playwright.sync_api import Route

from gradio_webrtc import AsyncStreamHandler, StreamHandler, WebRTC, WebRTCData
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import AudioFrame
from tests.browser.pages import PATIENCE, Component

RATE = 24_000
NO_PERMISSION = ("--headless=new", "--no-sandbox", "--use-fake-device-for-media-stream",
                 "--deny-permission-prompts")  # fmt: skip

LATE_CLOSING = """
const { fetch } = window;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let answered = 0;
window.passed = [];
const note = (...what) => window.passed.push([Math.round(performance.now()), ...what].join(" "));
window.fetch = async (input, init) => {
  const url = String(input.url ?? input);
  if (url.includes("/queue/")) note("asked", url.split("/queue/")[1], init?.body ?? "");
  const response = await fetch(input, init);
  if (url.includes("/queue/join")) answered += 1;
  if (url.includes("/queue/join")) note("answered", await response.clone().text());
  if (!url.includes("/queue/data")) return response;
  const [decoder, encoder] = [new TextDecoder(), new TextEncoder()];
  const late = new TransformStream({
    async transform(chunk, controller) {
      const [before, after] = decoder.decode(chunk).split('data: {"msg":"close_stream"');
      note("came", before, after === undefined ? "" : "and the end");
      if (before) controller.enqueue(encoder.encode(before));
      if (after === undefined) return;
      while (answered < 2) await sleep(20);
      await sleep(300);
      controller.enqueue(encoder.encode('data: {"msg":"close_stream"' + after));
    },
  });
  return new Response(response.body.pipeThrough(late), response);
};
"""
"""Gradio's news that no call is left after the first arrives after the answer to the second.

``window.passed`` tells what was asked and what came.
"""

RESULTS_BEFORE_ANSWER = """
const { fetch } = window;
let read;
const bothRead = new Promise((resolve) => (read = resolve));
window.answered = [];
const results = (text) => text.split('"msg":"process_completed"').length - 1;
window.fetch = async (input, init) => {
  const url = String(input.url ?? input);
  const response = await fetch(input, init);
  if (url.includes("/queue/join") && String(init?.body).includes('"two"')) {
    const answer = await response.json();
    window.answered.push("two");
    await bothRead;
    Object.defineProperty(response, "json", { value: () => Promise.resolve(answer) });
  }
  if (!url.includes("/queue/data")) return response;
  const [decoder, encoder] = [new TextDecoder(), new TextEncoder()];
  let held = "";
  const atOnce = new TransformStream({
    async transform(chunk, controller) {
      held += decoder.decode(chunk, { stream: true });
      if (results(held) < 2) return;
      controller.enqueue(encoder.encode(held));
      held = "";
      // All of it is read before any timer.
      for (let turn = 0; turn < 2000; turn += 1) await null;
      read();
    },
  });
  return new Response(response.body.pipeThrough(atOnce), response);
};
"""
"""The results of two calls come together, and the answer to the second is read right after them.

``window.answered`` tells that the server has taken the second.
"""


def beep() -> AudioFrame:
    """Return two seconds of 440 Hz."""
    time = np.arange(2 * RATE) / RATE
    return RATE, (8000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16).reshape(1, -1)


class Beeper(StreamHandler):
    """Beeps at each submit, and keeps what it was told."""

    heard_s = 0.0
    """Seconds of sound that came, in all tests."""

    def __init__(self, told: list[list[Any]]) -> None:
        super().__init__(output_sample_rate=RATE)
        self.told = told
        self.replies: queue.Queue[AudioFrame] = queue.Queue()

    def receive(self, frame: AudioFrame) -> None:
        Beeper.heard_s += frame[1].shape[1] / frame[0]

    def emit(self) -> AudioFrame:
        return self.replies.get()

    def trigger_response(self) -> None:
        self.told.append(self.latest_args)
        self.replies.put(beep())

    def copy(self) -> Beeper:
        return Beeper(self.told)


class AsyncBeeper(AsyncStreamHandler):
    """The same with coroutines."""

    def __init__(self, told: list[list[Any]]) -> None:
        super().__init__(output_sample_rate=RATE)
        self.told = told
        self.replies: asyncio.Queue[AudioFrame] = asyncio.Queue()

    async def receive(self, frame: AudioFrame) -> None:
        pass

    async def emit(self) -> AudioFrame:
        return await self.replies.get()

    async def trigger_response(self) -> None:
        self.told.append(self.latest_args)
        self.replies.put_nowait(beep())

    def copy(self) -> AsyncBeeper:
        return AsyncBeeper(self.told)


def app(
    handler: StreamHandler | AsyncStreamHandler,
    begins: threading.Event | None = None,
    **options: Any,
) -> gr.Blocks:
    """Return an app that lists what was submitted, when it ``begins`` to."""
    with gr.Blocks() as demo:
        mood = gr.Textbox("calm", label="Mood")
        said: gr.State = gr.State([])
        shown = gr.Textbox(label="Said")
        voice = WebRTC(label="Chat", modality="audio", variant="textbox", **options)
        voice.stream(handler, inputs=[voice, mood], outputs=[voice], concurrency_limit=None)

        def note(data: WebRTCData, said: list[str]) -> tuple[list[str], str]:
            assert begins is None or begins.wait(PATIENCE)
            said.append(data.textbox)
            return said, " | ".join(said)

        voice.submit(note, [voice, said], [said, shown])  # type: ignore[attr-defined]
    return demo


def shows(component: Component, said: str) -> None:
    """Wait until the listener of ``submit`` has shown ``said``."""
    field = component.page.get_by_label("Said")
    component.visit.until(
        lambda: field.input_value() == said,
        lambda: (
            f"{said!r}; it is {field.input_value()!r}; there passed "
            + "\n".join(component.page.evaluate("window.passed ?? []"))
        ),
    )


def type_in(component: Component, text: str) -> None:
    field = component.part("webrtc-textbox")
    field.fill(text)
    field.press("Enter")


def spoken(component: Component, seconds: float) -> None:
    """Wait until the handler has heard so much more."""
    before = Beeper.heard_s
    component.visit.until(lambda: Beeper.heard_s > before + seconds, "the person's speech")


def texts(told: list[list[Any]]) -> list[str]:
    return [args[0].textbox for args in told]


@pytest.mark.parametrize("kind", [Beeper, AsyncBeeper])
def test_typing_needs_no_microphone_and_is_answered(
    serve: Serve, visit: Open, kind: type[Beeper] | type[AsyncBeeper]
) -> None:
    told: list[list[Any]] = []
    component = visit(serve(app(kind(told)))).component()
    visit_ = component.visit
    type_in(component, "Hello there")
    component.reach("connected")
    visit_.until(lambda: component.record(0.2).share_of(440) > 0.9, "the beep")
    assert component.page.evaluate("probe.captures.length") == 0
    assert "acquiring" not in component.states()
    [[data, mood]] = told
    assert (data.textbox, data.audio, mood) == ("Hello there", None, "calm")
    assert isinstance(data, WebRTCData)
    shows(component, "Hello there")
    assert component.part("webrtc-textbox").input_value() == ""
    component.stop()
    assert len(told) == 1


def test_two_quick_submits_both_arrive_in_order_with_the_values_of_their_moment(
    serve: Serve, visit: Open
) -> None:
    told: list[list[Any]] = []
    component = visit(serve(app(Beeper(told)))).component()
    type_in(component, "one")  # both before there is a connection
    type_in(component, "two")
    component.visit.until(lambda: len(told) == 2, "both")
    component.page.get_by_label("Mood").fill("merry")
    type_in(component, "three")
    type_in(component, "four")
    component.visit.until(lambda: len(told) == 4, "all")
    assert texts(told) == ["one", "two", "three", "four"]
    assert [args[1] for args in told] == ["calm", "calm", "merry", "merry"]
    # Each listener run adds to the state that the one before left.
    shows(component, "one | two | three | four")


def test_on_a_slow_network_each_submit_is_shown_and_none_overtakes_another(
    serve: Serve, visit: Open
) -> None:
    told: list[list[Any]] = []
    component = visit(serve(app(Beeper(told))), script=LATE_CLOSING).component()
    page = component.page
    type_in(component, "one")
    shows(component, "one")
    type_in(component, "two")
    shows(component, "one | two")
    late: list[Route] = []

    def hold(route: Route) -> None:
        if "three" in (route.request.post_data or ""):
            late.append(route)
        else:
            route.continue_()

    page.route("**/queue/join*", hold)
    type_in(component, "three")
    type_in(component, "four")
    component.visit.until(lambda: len(told) == 4, "the stream hears all")
    assert texts(told) == ["one", "two", "three", "four"]
    [route] = late
    route.continue_()
    shows(component, "one | two | three | four")


def test_results_that_come_before_an_answer_is_read_are_shown_in_their_order(
    serve: Serve, visit: Open
) -> None:
    begins = threading.Event()
    component = visit(serve(app(Beeper([]), begins)), script=RESULTS_BEFORE_ANSWER).component()
    type_in(component, "one")
    type_in(component, "two")
    component.visit.until(
        lambda: component.page.evaluate("window.answered.length"), "the second call in the queue"
    )
    begins.set()
    shows(component, "one | two")


def test_talking_then_typing_gives_the_speech_with_the_text(serve: Serve, visit: Open) -> None:
    told: list[list[Any]] = []
    component = visit(serve(app(Beeper(told)))).component()
    component.start()
    assert component.part("webrtc-start").get_attribute("aria-pressed") == "true"
    spoken(component, 1.5)
    type_in(component, "as I said")
    component.visit.until(lambda: len(told) == 1, "the submit")
    rate, samples = told[0][0].audio
    assert (rate, samples.dtype, samples.shape[0]) == (48_000, np.int16, 1)
    assert samples.shape[1] > rate
    assert np.abs(samples).max() > 1000
    # The microphone goes off, and with it the speech; the connection stays.
    component.part("webrtc-start").click()
    component.visit.until(
        lambda: component.page.evaluate("probe.captures.at(-1).readyState") == "ended", "it off"
    )
    type_in(component, "rest")
    component.visit.until(lambda: len(told) == 2, "the rest")
    # A busy machine may hear late what was said; each submit takes what came before it.

    def without_speech() -> bool:
        count = len(told)
        type_in(component, "silent")
        component.visit.until(lambda: len(told) > count, "the text")
        return told[-1][0].audio is None

    component.visit.until(without_speech, "the text alone")
    assert component.state() == "connected"
    # And on again, in the same connection.
    component.part("webrtc-start").click()
    component.visit.until(
        lambda: component.part("webrtc-start").get_attribute("aria-pressed") == "true", "it on"
    )
    spoken(component, 1.0)
    component.part("webrtc-submit").click()  # what was said is enough to send
    component.visit.until(lambda: told[-1][0].textbox == "", "the speech alone")
    assert np.abs(told[-1][0].audio[1]).max() > 1000
    assert component.page.evaluate("probe.peers.length") == 1


def test_a_denied_microphone_takes_nothing_from_the_text(serve: Serve, visit: Open) -> None:
    told: list[list[Any]] = []
    component = visit(serve(app(Beeper(told))), flags=NO_PERMISSION).component()
    field = component.part("webrtc-textbox")
    field.fill("half a thought")
    component.part("webrtc-start").click()
    component.reach("failed")
    assert "microphone is blocked" in (component.error() or "")
    assert field.input_value() == "half a thought"
    field.press("Enter")
    component.reach("connected")
    assert component.error() is None
    component.visit.until(lambda: texts(told) == ["half a thought"], "the text")
    # Asked again while connected, a no ends nothing.
    field.fill("more")
    component.part("webrtc-start").click()
    component.visit.until(lambda: "blocked" in (component.error() or ""), "why not")
    assert component.state() == "connected"
    assert field.input_value() == "more"


def test_the_field_is_a_good_place_to_type(serve: Serve, visit: Open) -> None:
    told: list[list[Any]] = []
    component = visit(serve(app(Beeper(told), placeholder="Ask me"))).component()
    field = component.part("webrtc-textbox")
    assert field.get_attribute("placeholder") == "Ask me"
    assert field.get_attribute("aria-label") == "Chat"
    send = component.part("webrtc-submit")
    assert send.get_attribute("aria-disabled") == "true"
    send.click(force=True)  # nothing to send; Playwright would wait for something
    field.press("Enter")
    assert component.state() == "idle"
    one = field.bounding_box()
    field.press_sequentially("first")
    field.press("Shift+Enter")
    field.press_sequentially("second")
    assert field.input_value() == "first\nsecond"
    two = field.bounding_box()
    assert one is not None
    assert two is not None
    assert two["height"] > one["height"] + 10
    # An input method's Enter chooses a word and submits nothing.
    field.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    assert component.state() == "idle"
    field.press("Tab")
    assert component.page.evaluate("document.activeElement.dataset.testid") == "webrtc-start"
    send.click()
    component.visit.until(lambda: texts(told) == ["first\nsecond"], "both lines")


def test_what_cannot_be_delivered_comes_back_into_the_field(serve: Serve, visit: Open) -> None:
    told: list[list[Any]] = []
    with gr.Blocks() as demo:
        voice = WebRTC(label="Chat", modality="audio", variant="textbox")
        voice.stream(Beeper(told), inputs=[voice], outputs=[voice], concurrency_limit=1)
    url = serve(demo)
    first, second = visit(url).component(), visit(url).component()
    type_in(first, "I am in")
    first.reach("connected")
    type_in(second, "one")
    second.reach("waiting")
    type_in(second, "two")
    second.visit.until(
        lambda: second.part("webrtc-outbox").inner_text().split() == ["one", "two"], "the outbox"
    )
    second.stop()
    assert second.part("webrtc-textbox").input_value() == "one\ntwo"
    second.part("webrtc-submit").click()
    second.reach("waiting")
    first.stop()
    second.reach("connected")
    second.visit.until(lambda: texts(told) == ["I am in", "one\ntwo"], "the text")


def test_a_composer_that_is_not_interactive_takes_nothing(serve: Serve, visit: Open) -> None:
    component = visit(serve(app(Beeper([]), interactive=False))).component()
    for part in ("webrtc-textbox", "webrtc-start", "webrtc-submit"):
        assert component.part(part).is_disabled()
