"""What ``WebRTC.stream()`` was given: checked, turned into a host, and wired to the inputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.blocks import Block
from gradio.events import EventListener

from gradio_webrtc.errors import ConfigurationError, SignalingError
from gradio_webrtc.gradio_events.requests import gradio_words_for
from gradio_webrtc.gradio_events.rerendering import listener_key
from gradio_webrtc.handlers.adapters.as_handler import as_handler, check_arity, format_of
from gradio_webrtc.handlers.base import StreamHandlerBase
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.options import limit_or_none, number_or_none, one_of
from gradio_webrtc.server.quotas import network_of
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.state import Limits
from gradio_webrtc.transports.media_preferences import MediaPreferences

if TYPE_CHECKING:
    from gradio.events import Dependency

    from gradio_webrtc.component import WebRTC

START_COMMAND = "start:"
"""The value that makes the page start, with a token after it; see ``server/start_tokens.py``."""

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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
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
    """The arguments of one ``stream()`` call."""

    component: WebRTC
    fn: Any
    inputs: Any
    outputs: Any
    js: str | None
    concurrency_limit: Any
    concurrency_id: str | None
    time_limit: float | None
    trigger: Callable[..., Any] | None
    send_input_on: str

    @property
    def name(self) -> str:
        """The component's own name, for messages."""
        label = self.component.label
        return f"WebRTC(label={label!r})" if label else "WebRTC"

    @property
    def further(self) -> list[Block]:
        """The inputs beside the component itself."""
        return [block for block in self.inputs if block is not self.component]

    def checked(self) -> StreamArguments:
        """Return the arguments with lists as lists, or raise ``ConfigurationError``."""
        try:
            one_of("send_input_on", self.send_input_on, ("change", "submit"))
            limit = limit_or_none(self.concurrency_limit)
            time_limit = number_or_none("time_limit", self.time_limit)
            inputs = self._inputs()
            self._check_outputs()
            self._check_trigger()
        except ConfigurationError as error:
            raise type(error)(f"{self.name}.stream(): {error}") from None
        return replace(self, inputs=inputs, concurrency_limit=limit, time_limit=time_limit)

    def _inputs(self) -> list[Block]:
        inputs = as_list("inputs", self.inputs)
        if self.component.mode == "receive":
            if self.component in inputs:
                raise ConfigurationError(
                    'in mode "receive" the component sends nothing, so it cannot be among inputs.'
                )
            return inputs
        if not inputs or inputs[0] is not self.component:
            came = type(inputs[0]).__name__ if inputs else "nothing"
            raise ConfigurationError(
                f"the first of inputs must be the component itself, inputs=[webrtc, ...]; "
                f"got {came}."
            )
        if inputs.count(self.component) > 1:
            raise ConfigurationError("the component may be among inputs only once.")
        return inputs

    def _check_outputs(self) -> None:
        if as_list("outputs", self.outputs) != [self.component]:
            raise ConfigurationError(
                "outputs must be the component itself and nothing else, outputs=[webrtc]. Values "
                "for other components go through AdditionalOutputs and on_additional_outputs()."
            )

    def _check_trigger(self) -> None:
        needed = self.component.mode == "receive"
        if needed and not callable(self.trigger):
            raise ConfigurationError(
                'mode "receive" needs trigger=, the event that starts it, such as button.click.'
            )
        if not needed and self.trigger is not None:
            raise ConfigurationError(
                f'trigger is for mode "receive" only; in mode "{self.component.mode}" the person '
                "starts the stream with the component's own button."
            )


def stream_settings(arguments: StreamArguments) -> StreamSettings:
    """Return the settings of the stream ``arguments`` describe.

    Raises:
        ConfigurationError: ``fn`` does not fit the component's mode and modality.
    """
    component = arguments.component
    time_limit = component.time_limit if arguments.time_limit is None else arguments.time_limit
    try:
        factory = as_handler(
            arguments.fn,
            mode=component.mode,
            modality=component.modality,
            frame_format=component.frame_format,
        )
        check_arity(arguments.fn, len(arguments.further), mode=component.mode)
    except ConfigurationError as error:
        raise type(error)(f"{arguments.name}.stream(): {error}") from None
    settings = StreamSettings(
        make_handler=partial(factory, needs_args=bool(arguments.further)),
        mode=component.mode,
        modality=component.modality,
        limits=Limits(time_limit=time_limit),
        allow_extra_tracks=component.allow_extra_tracks,
        rtc_configuration=component.rtc_configuration,
        server_rtc_configuration=component.server_rtc_configuration,
        frame_format=format_of(arguments.fn, component.frame_format),
        preferences=MediaPreferences(
            component.video_codec,
            component.max_bitrate.get("audio"),
            component.max_bitrate.get("video"),
            component.max_resolution,
        ),
        recording=component.record,
        composer=component.variant == "textbox",
        candidate_addresses=component.candidate_addresses,
        check_args=lambda count: check_arity(arguments.fn, count, mode=component.mode),
        allowed_origins=component.allowed_origins,
        words=gradio_words_for,
    )
    return settings


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
    # Gradio makes the listener methods out of EVENTS when the class is made.
    dependency: Dependency = component.tick(  # type: ignore[attr-defined]
        **options, key=listener_key(component, "tick")
    )
    return dependency


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


def as_list(name: str, value: Any) -> list[Block]:
    """Return the components of ``value``: none, one, or a collection.

    Raises:
        ConfigurationError: it is something else.
    """
    if value is None:
        return []
    if isinstance(value, Block):
        return [value]
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, str):
        blocks = list(value)
        if all(isinstance(block, Block) for block in blocks):
            return blocks
    raise ConfigurationError(f"{name} must be a component or a list of components; got {value!r}.")
