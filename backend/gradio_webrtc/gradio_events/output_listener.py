"""``WebRTC.on_additional_outputs``: the Gradio listener that takes a page's outputs in turn."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency

from gradio_webrtc.concurrency.pooled_threads import POOLED
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.gradio_events.block_lists import Blocks, as_list
from gradio_webrtc.gradio_events.input_forecast import InputForecast
from gradio_webrtc.gradio_events.rerendering import block_function, listener_key
from gradio_webrtc.gradio_events.streaming_component import StreamingComponent
from gradio_webrtc.handlers.invoke import call, iterate
from gradio_webrtc.server.output_mailbox import Delivery, OutputMailbox
from gradio_webrtc.session.context import Context, set_current_context

TURN_SECONDS = 0.1
"""How long one call of Gradio's may take outputs: its input values are as old as this at most, and
others who wait for the listener's place in the queue get it."""


class OutputListener:
    """One listener of one component, for all its pages.

    Args:
        component: whose stream's outputs it takes.
        fn: the user's function.
        inputs: the components whose values ``fn`` gets first.
        outputs: the components that get what it returns.
    """

    def __init__(
        self,
        component: StreamingComponent,
        fn: Callable[..., Any],
        inputs: list[Block],
        outputs: list[Block],
    ) -> None:
        self._component = component
        self._fn = fn
        self._name = getattr(fn, "__qualname__", type(fn).__qualname__)
        self._chain = InputForecast(inputs, outputs)
        self._nothing = [gr.skip() for _ in outputs] if len(outputs) > 1 else gr.skip()
        if not outputs:
            self._nothing = None
        self.reader: Hashable = None

    async def next(self, page: str | None, values: tuple[Any, ...]) -> Any:
        """Take one output and return what ``fn`` makes of it, for calls outside of the queue."""
        box = self._mailbox(page)
        delivery = None if box is None else box.take(self.reader)
        if box is None or delivery is None:
            return self._nothing
        with box.call():
            result = await self._call(delivery, list(values))
        if isinstance(result, Iterator | AsyncIterator):
            raise ConfigurationError(f"{self._name} is a generator, which needs queue=True.")
        return result

    async def waiting(self, page: str | None, values: tuple[Any, ...]) -> AsyncIterator[Any]:
        """Take the outputs that wait now, and yield what ``fn`` makes of each.

        Those that come meanwhile are for the next call, which brings newer values of the inputs.
        """
        box, silent = self._mailbox(page), True
        if box is not None:
            with box.call():
                async for result in self._all_of(box, list(values)):
                    silent = False
                    yield result
        if silent:  # Gradio takes a generator without values for one that gives None
            yield self._nothing

    async def _all_of(self, box: OutputMailbox, current: list[Any]) -> AsyncIterator[Any]:
        end = time.monotonic() + TURN_SECONDS
        left = box.waiting(self.reader)
        while left and (delivery := box.take(self.reader)) is not None:
            certain = True
            async for result in self._results(delivery, current):
                yield result
                if left > 1 and self._chain:
                    certain &= await call(self._chain.advance, current, result, worker=POOLED)
            left -= 1
            await asyncio.sleep(0)  # the function and whoever takes its results may never wait
            if not certain or time.monotonic() > end:
                break

    async def _results(self, delivery: Delivery, values: list[Any]) -> AsyncIterator[Any]:
        result = await self._call(delivery, values)
        if not isinstance(result, Iterator | AsyncIterator):
            yield result
            return
        steps = iterate(result, POOLED)
        try:
            async for step in steps:
                yield step
        finally:
            await steps.aclose()

    async def _call(self, delivery: Delivery, values: list[Any]) -> Any:
        host = self._component._host
        session = None if host is None else host.registry.find(delivery.webrtc_id)
        channel = session.channel if session else None
        set_current_context(Context(delivery.webrtc_id, _channel=channel))
        return await call(self._fn, *values, *delivery.outputs.args, worker=POOLED)

    def _mailbox(self, page: str | None) -> OutputMailbox | None:
        host = self._component._host
        return None if host is None else host.outputs.mailbox(page)


def listen_to_outputs(
    component: StreamingComponent,
    fn: Callable[..., Any],
    inputs: Blocks,
    outputs: Blocks,
    options: dict[str, Any],
) -> Dependency:
    """Make the page call ``fn`` for each additional output of ``component``'s stream.

    Raises:
        ConfigurationError: an argument cannot work.
    """
    blocks_in, blocks_out, queue = _checked(fn, inputs, outputs, options["queue"])
    listeners, key = component.listeners, options["key"]
    listener = OutputListener(component, fn, blocks_in, blocks_out)

    async def take_waiting(request: gr.Request, *values: Any) -> AsyncIterator[Any]:
        async for result in listener.waiting(request.session_hash, values):
            yield result

    async def take_next(request: gr.Request, *values: Any) -> Any:
        return await listener.next(request.session_hash, values)

    chosen = options["show_progress_on"]
    shown_on = blocks_out if chosen is None else as_list("show_progress_on", chosen)
    options = {
        **options,
        # Gradio tells of a call's progress whoever shows it. So the page learns that it is over.
        "show_progress_on": [
            *(blocks_out if shown_on is None else as_list("", shown_on)),
            component,
        ],
        # The page sees to it that there is one call at a time. A call that Gradio skipped because
        # it is still putting the last one away would be missed.
        "trigger_mode": "multiple",
        "api_visibility": "private",
        "key": key or listener_key(component, f"outputs {len(listeners.readers)}"),
    }
    dependency = component.state_change(
        fn=take_waiting if queue else take_next, inputs=blocks_in, outputs=blocks_out, **options
    )
    listener.reader = listeners.add(block_function(dependency["id"]), key)
    return dependency


def _checked(
    fn: Callable[..., Any], inputs: Blocks, outputs: Blocks, queue: bool
) -> tuple[list[Block], list[Block], bool]:
    try:
        if not callable(fn):
            raise ConfigurationError(f"fn must be a function; got {fn!r}.")
        generator = inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)
        if generator and not queue:
            raise ConfigurationError("a generator function needs queue=True.")
        return as_list("inputs", inputs), as_list("outputs", outputs), queue
    except ConfigurationError as error:
        raise ConfigurationError(f"on_additional_outputs(): {error}") from None
