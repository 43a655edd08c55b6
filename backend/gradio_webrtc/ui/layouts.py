"""Where the parts of a stream's page are, for every mode and modality: functions, and a table.

The sizes behind the class names are in the component's own style sheet, ``frontend/page.css``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import gradio as gr
from gradio.blocks import Block

from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.ui.page_parts import PageParts, Placed, is_seen, place

Layout: TypeAlias = Callable[[PageParts], Placed]


def stage(parts: PageParts) -> Placed:
    """The stream in the middle of the page, inputs in a sidebar on its left, outputs on its right.

    A chatbot is above the stream.
    """
    with gr.Column(elem_classes=_classes("webrtc-stage", parts)):
        place(parts.chats)
        stream = parts.make_stream()
        # A sidebar for what nobody sees would be an empty one.
        for blocks in (parts.inputs, parts.outputs):
            if not _any_seen(blocks):
                place(blocks)
    _sidebar("left", parts.inputs)
    _sidebar("right", parts.outputs)
    return Placed(stream)


def in_line(parts: PageParts) -> Placed:
    """The stream with the inputs below it, in a column; the outputs in another beside it."""
    with gr.Row(elem_classes=_classes("webrtc-in-line", parts)):
        with gr.Column():
            place(parts.chats)
            stream = parts.make_stream()
            place(parts.inputs)
            if not _any_seen(parts.outputs):
                place(parts.outputs)
        if _any_seen(parts.outputs):
            with gr.Column():
                place(parts.outputs)
    return Placed(stream)


def below(parts: PageParts) -> Placed:
    """Inputs and outputs side by side, and the stream below them, under the chatbot."""
    with gr.Column(elem_classes=_classes("webrtc-below", parts)):
        with gr.Row():
            for blocks in (parts.inputs, parts.outputs):
                if _any_seen(blocks):
                    with gr.Column():
                        place(blocks)
                else:
                    place(blocks)
        place(parts.chats)
        stream = parts.make_stream()
    return Placed(stream)


def beside(parts: PageParts) -> Placed:
    """The inputs on the left; the stream, and the outputs below it, on the right."""
    with gr.Row(elem_classes=_classes("webrtc-beside", parts)):
        if _any_seen(parts.inputs):
            with gr.Column(scale=1):
                place(parts.inputs)
        with gr.Column(scale=2):
            place(parts.chats)
            stream = parts.make_stream()
            if not _any_seen(parts.inputs):
                place(parts.inputs)
            place(parts.outputs)
    return Placed(stream)


def started(parts: PageParts) -> Placed:
    """The inputs and the start button on the left; the stream and the outputs on the right."""
    with gr.Row(elem_classes=_classes("webrtc-beside", parts)):
        with gr.Column(scale=1):
            place(parts.inputs)
            start = gr.Button(parts.start_label, variant="primary")
        with gr.Column(scale=2):
            place(parts.chats)
            stream = parts.make_stream()
            place(parts.outputs)
    return Placed(stream, start)


LAYOUTS: dict[tuple[Mode, Modality], Layout] = {
    ("send-receive", "audio"): stage,
    ("send-receive", "video"): stage,
    ("send-receive", "audio-video"): stage,
    ("send", "audio"): below,
    ("send", "video"): beside,
    ("send", "audio-video"): beside,
    ("receive", "audio"): started,
    ("receive", "video"): started,
    ("receive", "audio-video"): started,
}
"""How a page looks when its author says nothing."""


def layout_of(mode: Mode, modality: Modality, full_screen: bool) -> Layout:
    """Return how a page is laid out; ``full_screen``: the stream may have the middle of it."""
    layout = LAYOUTS[mode, modality]
    return in_line if layout is stage and not full_screen else layout


def _classes(name: str, parts: PageParts) -> list[str]:
    return [name, "webrtc-chat"] if parts.chats else [name]


def _any_seen(blocks: Sequence[Block]) -> bool:
    return any(is_seen(block) for block in blocks)


def _sidebar(position: Literal["left", "right"], blocks: Sequence[Block]) -> None:
    if _any_seen(blocks):
        with gr.Sidebar(position=position, elem_classes=["webrtc-side"]):
            place(blocks)
