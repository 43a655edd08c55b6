"""What there is to be placed on a stream's page, each component once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.blocks import Block

from gradio_webrtc.component import WebRTC
from gradio_webrtc.handlers.protocol import Modality

UNSEEN = (gr.State, gr.BrowserState, gr.Timer)
"""Components that are never seen."""


@dataclass(frozen=True)
class PageParts:
    """The parts of one page, before they have a place.

    Attributes:
        make_stream: makes the stream's component where it is called, with further arguments of
            ``WebRTC``.
        inputs: the additional inputs that are no outputs as well.
        outputs: the additional outputs; what is in both lists is one of these.
        chats: the chatbots of a stream of audio, which are then in neither list.
        start_label: what the button says that starts a stream which only receives.
    """

    make_stream: Callable[..., WebRTC]
    inputs: list[Block]
    outputs: list[Block]
    chats: list[Block]
    start_label: str = "Start stream"


@dataclass(frozen=True)
class Placed:
    """What a layout made.

    Attributes:
        stream: the stream's component.
        start: the button that starts a stream which only receives.
    """

    stream: WebRTC
    start: gr.Button | None = None


def sort_parts(
    modality: Modality, inputs: Sequence[Block], outputs: Sequence[Block]
) -> tuple[list[Block], list[Block], list[Block]]:
    """Return the inputs, the outputs and the chatbots of a page; each component is one of them."""
    shown = list(dict.fromkeys([*inputs, *outputs]))
    chats: list[Block] = [
        block for block in shown if modality == "audio" and isinstance(block, gr.Chatbot)
    ]
    results = [block for block in dict.fromkeys(outputs) if block not in chats]
    asked = [block for block in shown if block not in chats and block not in results]
    return asked, results, chats


def is_seen(block: Block) -> bool:
    """Whether a component takes room on the page from the start."""
    return block.visible is True and not isinstance(block, UNSEEN)


def place(blocks: Sequence[Block]) -> None:
    """Put components where the layout is now."""
    for block in blocks:
        block.render()  # type: ignore[no-untyped-call]
