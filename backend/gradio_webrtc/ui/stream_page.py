"""The page of a ``Stream``: built when it is first asked for, or the app's own in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.context import Context, LocalContext, get_blocks_context

from gradio_webrtc.component import WebRTC
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.gradio_events.block_lists import Blocks, as_list
from gradio_webrtc.handlers.adapters.as_handler import UserCode
from gradio_webrtc.options import Places, StreamOptions, check_page_options, one_of
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.ui.headings import place_heading, plain_title
from gradio_webrtc.ui.layouts import layout_of
from gradio_webrtc.ui.page_parts import PageParts, Placed, sort_parts
from gradio_webrtc.ui.ui_args import UIArgs, check_ui_args


@dataclass(frozen=True)
class PageArguments:
    """What an author says of a stream's page, checked.

    Attributes:
        inputs: the additional inputs, whose values are further arguments of the handler.
        outputs: the additional outputs.
        outputs_handler: is called with the values of all outputs, then with what the handler says
            on the side, and returns the values of the outputs.
    """

    inputs: list[Block]
    outputs: list[Block]
    outputs_handler: Callable[..., Any] | None
    ui_args: UIArgs
    rtp_params: dict[str, Any] | None
    track_constraints: dict[str, Any] | None


def check_page_arguments(
    options: StreamOptions,
    *,
    inputs: Blocks,
    outputs: Blocks,
    outputs_handler: Callable[..., Any] | None,
    ui_args: UIArgs | None,
    rtp_params: dict[str, Any] | None,
    track_constraints: dict[str, Any] | None,
) -> PageArguments:
    """Return what an author says of the page of a stream with ``options``.

    Raises:
        ConfigurationError: something of it cannot work.
    """
    args = check_ui_args(ui_args)
    one_of("send_input_on", args.get("send_input_on", "change"), ("submit", "change"))
    check_page_options(
        options,
        track_constraints=track_constraints,
        rtp_params=rtp_params,
        button_labels=args.get("button_labels"),
        variant=args.get("variant", "wave"),
    )
    blocks = as_list("additional_outputs", outputs)
    if blocks and outputs_handler is None:
        raise ConfigurationError(
            "additional_outputs need additional_outputs_handler: a function that is called with "
            "the values of all of them and with what the handler says as AdditionalOutputs, and "
            "returns their new values."
        )
    if outputs_handler is not None and not callable(outputs_handler):
        raise ConfigurationError(
            f"additional_outputs_handler must be a function; got {outputs_handler!r}."
        )
    return PageArguments(
        as_list("additional_inputs", inputs),
        blocks,
        outputs_handler,
        args,
        rtp_params,
        track_constraints,
    )


class StreamPage:
    """The page of one stream.

    Args:
        routes: the stream's other clients, with whom the page shares places and outputs.
        fn: the stream's handler.
        options: the stream's.
        arguments: the author's wishes for the page.
        concurrency_limit: as the author gave it; the listener of the outputs has it too.
    """

    def __init__(
        self,
        routes: StreamHost,
        fn: UserCode,
        options: StreamOptions,
        arguments: PageArguments,
        concurrency_limit: Places,
    ) -> None:
        self._routes = routes
        self._fn = fn
        self._options = options
        self._arguments = arguments
        self._concurrency_limit: Places = concurrency_limit
        self._blocks: gr.Blocks | None = None
        self._component: WebRTC | None = None

    def blocks(self) -> gr.Blocks:
        """Return the page.

        Raises:
            ConfigurationError: the handler does not fit the additional inputs, or one of the
                additional components is part of the app that is under construction.
        """
        if self._blocks is None:
            _check_free([*self._arguments.inputs, *self._arguments.outputs])
            with _apart_from_other_apps():
                self._blocks = self._build()
        return self._blocks

    def replace(self, blocks: gr.Blocks) -> None:
        """Take the app's own page instead.

        Raises:
            ConfigurationError: it is no ``gr.Blocks``.
        """
        if not isinstance(blocks, gr.Blocks):
            raise ConfigurationError(f"ui must be a gr.Blocks; got {type(blocks).__name__}.")
        self._blocks, self._component = blocks, None

    def component(self) -> WebRTC:
        """Return the stream's component on the page.

        Raises:
            ConfigurationError: the app's own page has none.
        """
        blocks = self.blocks()
        if self._component is None:
            found = [block for block in blocks.blocks.values() if isinstance(block, WebRTC)]
            if not found:
                raise ConfigurationError("The page that was put in place of ui has no WebRTC.")
            return found[0]
        return self._component

    def _build(self) -> gr.Blocks:
        arguments, options = self._arguments, self._options
        page: gr.Blocks
        args = arguments.ui_args
        layout = layout_of(options.mode, options.modality, args.get("full_screen", True))
        parts = sort_parts(options.modality, arguments.inputs, arguments.outputs)
        start = args.get("button_labels", {}).get("start") or "Start stream"
        with gr.Blocks(title=plain_title(options.modality, args)) as page:
            place_heading(options.modality, args)
            placed = layout(PageParts(self._make_component, *parts, start))
            self._connect(placed)
        self._component = placed.stream
        return page

    def _make_component(self, **further: Any) -> WebRTC:
        args = self._arguments.ui_args
        own = {field.name: getattr(self._options, field.name) for field in fields(self._options)}
        component = WebRTC(
            **own,
            track_constraints=self._arguments.track_constraints,
            rtp_params=self._arguments.rtp_params,
            icon=args.get("icon"),
            icon_button_color=args.get("icon_button_color"),
            pulse_color=args.get("pulse_color"),
            icon_radius=args.get("icon_radius"),
            button_labels=args.get("button_labels"),
            full_screen=args.get("full_screen", True),
            variant=args.get("variant", "wave"),
            placeholder=args.get("placeholder"),
            push_to_talk=args.get("push_to_talk", False),
            **further,
        )
        component.routes = self._routes
        return component

    def _connect(self, placed: Placed) -> None:
        stream, arguments = placed.stream, self._arguments
        sending = placed.start is None
        stream.stream(
            self._fn,
            inputs=[stream, *arguments.inputs] if sending else arguments.inputs,
            outputs=[stream],
            trigger=None if placed.start is None else placed.start.click,
            send_input_on=arguments.ui_args.get("send_input_on", "change"),
        )
        if arguments.outputs_handler is not None:
            stream.on_additional_outputs(
                arguments.outputs_handler,
                inputs=arguments.outputs,
                outputs=arguments.outputs,
                concurrency_limit=self._concurrency_limit,
                show_progress="hidden",
            )


def _check_free(blocks: list[Block]) -> None:
    """Raise ``ConfigurationError`` for a component that has a place in the app being built."""
    app = get_blocks_context()
    for block in blocks:
        if app is not None and block._id in app.blocks:
            label = getattr(block, "label", None)
            name = f"{type(block).__name__}(label={label!r})" if label else type(block).__name__
            raise ConfigurationError(
                f"{name} has a place in this app already, so the stream's page cannot place it. "
                "Make it with render=False, or outside of the app's `with gr.Blocks()`."
            )


@contextmanager
def _apart_from_other_apps() -> Iterator[None]:
    """Build an app of its own, though another may be under construction just now."""
    root, block = Context.root_block, Context.block
    rendering = LocalContext.renderable.set(None)
    Context.root_block = Context.block = None
    try:
        yield
    finally:
        Context.root_block, Context.block = root, block
        LocalContext.renderable.reset(rendering)
