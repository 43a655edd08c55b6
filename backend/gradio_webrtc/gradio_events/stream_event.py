"""What ``WebRTC.stream()`` was given: checked, turned into a host, and wired to the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeAlias, cast, get_args

import gradio as gr
from gradio.blocks import Block
from gradio.events import Dependency, EventListener

from gradio_webrtc.errors import ConfigurationError, SignalingError
from gradio_webrtc.gradio_events.block_lists import Blocks, as_list
from gradio_webrtc.gradio_events.operation_routes import serve_own_health
from gradio_webrtc.gradio_events.place_sharing import share
from gradio_webrtc.gradio_events.requests import gradio_words_for
from gradio_webrtc.gradio_events.rerendering import (
    DRAWN_ANEW,
    listener_key,
    replaced_instances,
    tell_of_ending,
)
from gradio_webrtc.gradio_events.streaming_component import StreamingComponent
from gradio_webrtc.handlers.adapters.as_handler import UserCode
from gradio_webrtc.handlers.base import StreamHandlerBase
from gradio_webrtc.handlers.executors.executor_function import on_executor
from gradio_webrtc.handlers.executors.options import ExecutorChoice
from gradio_webrtc.handlers.protocol import Mode
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.options import (
    Places,
    limit_or_none,
    number_or_none,
    one_of,
)
from gradio_webrtc.server.quotas import network_of
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.start_tokens import START_COMMAND
from gradio_webrtc.server.stream_host import StreamHost

Trigger: TypeAlias = Callable[..., Any]
"""The listener method of an event, such as ``button.click``."""

SendInputOn: TypeAlias = Literal["submit", "change"]

_QUIETLY: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "trigger_mode": "multiple",
    "api_visibility": "private",
}
"""How the package's own listeners run: at once, unseen, and not as part of the app's API."""


class EachTime(EventListener):
    """An event of which none may be lost, also while a listener is busy with the one before.

    Gradio's own default, ``trigger_mode="once"``, drops those.
    """

    def __init__(self, event_name: str, *, doc: str = "") -> None:
        super().__init__(event_name, doc=doc)
        listen = self.listener

        @wraps(listen)
        def each_time(*values: Any, trigger_mode: str | None = None, **keywords: Any) -> Dependency:
            options = {"trigger_mode": trigger_mode or "multiple", **keywords}
            dependency: Dependency = listen(*values, **options)
            return dependency

        self.listener = each_time

    def copy(self) -> EachTime:
        """Return another one, as Gradio asks for when a component class is made."""
        return EachTime(self.event_name, doc=self.doc)


@dataclass(frozen=True)
class StreamArguments:
    """The arguments of one ``stream()`` call, checked.

    Attributes:
        further: the inputs beside the component itself.
        others: the outputs beside it.
        concurrency_limit: how many may stream at once, ``None`` for no limit.
    """

    component: StreamingComponent
    fn: UserCode
    further: list[Block]
    others: list[Block]
    js: str | None
    concurrency_limit: int | None
    concurrency_id: str | None
    time_limit: float | None
    trigger: Trigger | None
    send_input_on: SendInputOn


def check_arguments(
    component: StreamingComponent,
    fn: UserCode | None,
    inputs: Blocks,
    outputs: Blocks,
    *,
    js: str | None,
    concurrency_limit: Places,
    concurrency_id: str | None,
    time_limit: float | None,
    trigger: Trigger | None,
    send_input_on: SendInputOn,
    executor: ExecutorChoice | None = None,
) -> StreamArguments:
    """Return the arguments of ``stream()`` with lists as lists.

    Raises:
        ConfigurationError: one of them cannot work; the text names the component.
    """
    with _named(component):
        one_of("send_input_on", send_input_on, get_args(SendInputOn))
        limit = limit_or_none(concurrency_limit, shared=component.stream_options.shared)
        time_limit = number_or_none("time_limit", time_limit)
        further = _further_inputs(component, inputs)
        others = _other_outputs(component, outputs)
        _check_trigger(component.stream_options.mode, trigger)
        fn = on_executor(fn, executor)
    return StreamArguments(
        component=component,
        fn=cast(UserCode, fn),  # None is refused with words, as whatever else it is not
        further=further,
        others=others,
        js=js,
        concurrency_limit=limit,
        concurrency_id=concurrency_id,
        time_limit=time_limit,
        trigger=trigger,
        send_input_on=send_input_on,
    )


@contextmanager
def _named(component: StreamingComponent) -> Iterator[None]:
    """Say in errors of the author's which component's ``stream()`` they are about."""
    try:
        yield
    except ConfigurationError as error:
        raise type(error)(f"{component.own_name()}.stream(): {error}") from None


def _further_inputs(component: StreamingComponent, value: Blocks) -> list[Block]:
    inputs = as_list("inputs", value)
    if component.stream_options.mode == "receive":
        if component in inputs:
            raise ConfigurationError(
                'in mode "receive" the component sends nothing, so it cannot be among inputs.'
            )
        return inputs
    if not inputs or inputs[0] is not component:
        came = type(inputs[0]).__name__ if inputs else "nothing"
        raise ConfigurationError(
            f"the first of inputs must be the component itself, inputs=[webrtc, ...]; got {came}."
        )
    if inputs.count(component) > 1:
        raise ConfigurationError("the component may be among inputs only once.")
    return inputs[1:]


def _other_outputs(component: StreamingComponent, outputs: Blocks) -> list[Block]:
    blocks = as_list("outputs", outputs)
    if not blocks or blocks.count(component) > 1:
        raise ConfigurationError(
            "outputs must be the component itself, outputs=[webrtc]. Values for other components "
            "go through AdditionalOutputs and on_additional_outputs()."
        )
    return [block for block in blocks if block is not component]


def _check_trigger(mode: Mode, trigger: Trigger | None) -> None:
    needed = mode == "receive"
    if needed and not callable(trigger):
        raise ConfigurationError(
            'mode "receive" needs trigger=, the event that starts it, such as button.click.'
        )
    if not needed and trigger is not None:
        raise ConfigurationError(
            f'trigger is for mode "receive" only; in mode "{mode}" the person '
            "starts the stream with the component's own button."
        )


def make_host(arguments: StreamArguments) -> StreamHost:
    """Return a host, or in ``gr.render`` that of the instance before with the same key.

    Raises:
        ConfigurationError: ``fn`` does not fit the component's mode and modality.
    """
    component = arguments.component
    with _named(component):
        settings = component.stream_options.settings(
            arguments.fn,
            inputs=len(arguments.further),
            time_limit=arguments.time_limit,
            composer=component.variant == "textbox",
            words=gradio_words_for,
        )
    for old in replaced_instances(component):
        if isinstance(old, StreamingComponent):
            host = old._host
            if host is not None and host.end_all(DRAWN_ANEW):
                tell_of_ending(component.own_name())
    before = component._host
    if before is not None and before.settings.same_media(settings):
        before.settings = settings
        return before
    if before is not None:
        before.end_all(DRAWN_ANEW)
    if component.routes is not None:
        return component.routes.beside(settings)
    host = StreamHost(settings, SessionRegistry(arguments.concurrency_limit))
    share(host, arguments.concurrency_id, component.key)
    serve_own_health(host, str(component.label or "WebRTC"))
    return host


def wire(arguments: StreamArguments, host: StreamHost) -> Dependency:
    """Connect the Gradio events of the stream; return the one that starts or feeds it."""
    following = wire_inputs(arguments, host)
    return following if arguments.trigger is None else wire_trigger(arguments, host)


def wire_inputs(arguments: StreamArguments, host: StreamHost) -> Dependency:
    """Make the page send the values of the further inputs: when asked, and when they change."""

    async def set_input(request: gr.Request, own: str | WebRTCData | None, *args: Any) -> None:
        if own is None:
            return
        data = own if isinstance(own, WebRTCData) else WebRTCData(own)
        try:
            session = host.registry.get(data.webrtc_id, request.session_hash)
        except SignalingError:
            # The stream ended while the values were on their way: nobody needs them any more.
            return
        # A submit has a number, which the values that follow it carry too: it is taken once.
        session.set_args(args if data.number is None else [data, *args])

    options: dict[str, Any] = {
        "fn": set_input,
        "inputs": [arguments.component, *arguments.further],
        "outputs": None,
        **_QUIETLY,
        # The trigger's values went through it already, and without the component's own.
        "js": arguments.js if arguments.trigger is None else None,
    }
    component = arguments.component
    # A generator was called with the values at the press; what they become later is not its own.
    if arguments.trigger is None or isinstance(arguments.fn, StreamHandlerBase):
        for place, block in enumerate(arguments.further):
            listen = getattr(block, arguments.send_input_on, None)
            if listen is not None:
                listen(**options, key=listener_key(component, f"input {place}"))
    return component.tick(**options, key=listener_key(component, "tick"))


def wire_trigger(arguments: StreamArguments, host: StreamHost) -> Dependency:
    """Make the trigger keep the values of the inputs and tell the page to start with them."""

    async def press(request: gr.Request, *args: Any) -> str:
        network = network_of(request.client.host if request.client else None)
        return START_COMMAND + host.starts.remember(str(request.session_hash), args, network)

    assert arguments.trigger is not None
    dependency: Dependency = arguments.trigger(
        fn=press,
        inputs=arguments.further,
        outputs=[arguments.component],
        js=arguments.js,
        key=listener_key(arguments.component, "trigger"),
        **_QUIETLY,
    )
    return dependency
