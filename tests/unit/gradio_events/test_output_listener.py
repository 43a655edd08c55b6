"""What one of Gradio's calls takes of a page's outputs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import AdditionalOutputs, ConfigurationError, WebRTC, get_current_context
from gradio_webrtc.errors import HandlerError
from gradio_webrtc.gradio_events.output_listener import TURN_SECONDS, OutputListener
from gradio_webrtc.server.output_mailbox import Delivery, OutputMailbox


def make(
    fn: Callable[..., Any], inputs: list[Any] | None = None, outputs: list[Any] | None = None
) -> tuple[OutputListener, OutputMailbox]:
    """Return a listener for the page ``"me"`` and the mailbox of that page."""
    with gr.Blocks():
        video = WebRTC(modality="video")
        video.stream(lambda image: image, [video], [video])
    listener = OutputListener(video, fn, inputs or [], outputs or [])
    assert video._host is not None
    return listener, video._host.outputs.mailboxes.open("me", [listener.reader])


def put(box: OutputMailbox, *values: Any) -> None:
    for value in values:
        box.put(Delivery("id", AdditionalOutputs(value)))


async def call(listener: OutputListener, *values: Any) -> list[Any]:
    return [result async for result in listener.waiting("me", values)]


async def test_a_call_takes_what_waits_and_nothing_that_comes_meanwhile() -> None:
    def double(number: int) -> int:
        put(box, 100)
        return 2 * number

    listener, box = make(double, outputs=[gr.Number()])
    put(box, 1, 2, 3)
    assert await call(listener) == [2, 4, 6]
    assert box.waiting() == 3


async def test_an_input_that_is_an_output_has_its_newest_value() -> None:
    state = gr.State([])
    listener, box = make(lambda kept, new: [*kept, new], [state], [state])
    put(box, 1, 2, 3)
    assert await call(listener, [0]) == [[0, 1], [0, 1, 2], [0, 1, 2, 3]]


async def test_a_call_ends_where_only_the_page_knows_the_next_value() -> None:
    words = gr.Textbox()
    listener, box = make(lambda old, new: gr.update(value=new, lines=2), [words], [words])
    put(box, "a", "b")
    assert [result["value"] for result in await call(listener, "")] == ["a"]
    assert box.waiting() == 1


async def test_a_slow_listener_gets_newer_values_of_its_inputs_soon() -> None:
    listener, box = make(lambda number: time.sleep(TURN_SECONDS), outputs=[])
    put(box, 1, 2, 3)
    assert await call(listener) == [None]
    assert box.waiting() == 2


@pytest.mark.parametrize("count", [0, 1, 2])
async def test_a_call_that_finds_nothing_changes_nothing(count: int) -> None:
    outputs = [gr.Number() for _ in range(count)]
    listener, box = make(lambda number: number, outputs=outputs)
    nothing = {0: None, 1: gr.skip(), 2: [gr.skip()] * 2}[count]
    assert await call(listener) == [nothing]
    assert await listener.next("me", ()) == nothing
    put(box, 1)
    assert await listener.next("somebody else", ()) == nothing
    assert box.waiting() == 1


async def test_one_output_a_call_without_the_queue() -> None:
    async def tell(number: int) -> tuple[int, str]:
        return number, get_current_context().webrtc_id

    listener, box = make(tell, outputs=[gr.Number(), gr.Textbox()])
    put(box, 1, 2)
    assert await listener.next("me", ()) == (1, "id")
    assert await listener.next("me", ()) == (2, "id")


async def test_an_error_costs_one_output() -> None:
    def fragile(number: int) -> int:
        return 10 // number

    listener, box = make(fragile, outputs=[gr.Number()])
    put(box, 1, 0, 2)
    results = listener.waiting("me", ())
    assert await results.__anext__() == 10
    with pytest.raises(ZeroDivisionError):
        await results.__anext__()
    assert await call(listener) == [5]


def steps(number: int) -> Iterator[int]:
    yield number


async def test_a_hidden_generator_without_the_queue_is_told_of() -> None:
    listener, box = make(lambda number: steps(number), outputs=[gr.Number()])
    put(box, 1)
    with pytest.raises(ConfigurationError, match="is a generator, which needs queue=True"):
        await listener.next("me", ())


# Async, because gr.Blocks makes an event loop where there is none, and leaves it open.
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"fn": None}, "fn must be a function; got None"),
        ({"fn": steps, "queue": False}, "a generator function needs queue=True"),
        ({"fn": print, "inputs": ["me"]}, "inputs must be a component"),
        ({"fn": print, "outputs": 3}, "outputs must be a component"),
    ],
)
async def test_arguments_that_cannot_work(arguments: dict[str, Any], words: str) -> None:
    with (
        gr.Blocks(),
        pytest.raises(ConfigurationError, match=rf"on_additional_outputs\(\): {words}"),
    ):
        WebRTC().on_additional_outputs(**arguments)


async def test_the_page_is_told_who_listens_also_after_an_update() -> None:
    with gr.Blocks():
        video = WebRTC(modality="video")
        one = video.on_additional_outputs(print)
        video.stream(lambda image: image, [video], [video])
        two = video.on_additional_outputs(print)
    again = WebRTC(**{**video.constructor_args, "label": "New", "render": False})
    for component in (video, again):
        assert component.get_config()["output_listeners"] == [one["id"], two["id"]]
    assert again._host is video._host
    assert list(again._streaming().listeners) == again.listeners.readers
    assert len(again.listeners.readers) == 2


async def test_a_component_without_a_stream_says_so() -> None:
    for say in (WebRTC().close_stream, WebRTC().set_input, WebRTC().output_stream):
        with pytest.raises(ConfigurationError, match=r"call stream\(\) first"):
            say("id")


async def test_the_page_learns_what_is_left_when_a_running_call_is_over() -> None:
    going_on = asyncio.Event()

    async def slow(number: int) -> int:
        await going_on.wait()
        return number

    listener, box = make(slow, outputs=[gr.Number()])
    assert not await box.rested()
    put(box, 1)
    calling = asyncio.ensure_future(call(listener))
    await asyncio.sleep(0)
    resting = asyncio.ensure_future(box.rested())
    done, _ = await asyncio.wait({resting}, timeout=0.05)
    assert not done
    put(box, 2)
    going_on.set()
    assert await resting
    assert box.waiting() == 1
    assert await calling == [1]


async def test_a_listener_that_raises_cancelled_error_fails_like_any_other() -> None:
    async def cancelled(value: Any) -> None:
        task = asyncio.ensure_future(asyncio.sleep(9))
        task.cancel()
        await task

    def stops(value: Any) -> None:
        raise asyncio.CancelledError

    async def generates(value: Any) -> Any:
        yield value
        await cancelled(value)

    for fn in (cancelled, stops, generates):
        listener, box = make(fn, outputs=[gr.Number()])
        put(box, 1)
        with pytest.raises(HandlerError, match=r"raised CancelledError"):
            await call(listener)


async def test_a_listener_that_never_waits_lets_others_run() -> None:
    async def at_once(value: int) -> int:
        return value

    listener, box = make(at_once, outputs=[gr.Number()])
    put(box, *range(20))
    others = 0

    async def count() -> None:
        nonlocal others
        while True:
            others += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    assert await call(listener) == list(range(20))
    counting.cancel()
    assert others >= 15
