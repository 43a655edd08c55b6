"""What is where, for every mode and modality."""

from __future__ import annotations

from typing import Any, get_args

import gradio as gr
import pytest
from gradio.blocks import Block

from gradio_webrtc import WebRTC
from gradio_webrtc.handlers.protocol import Modality, Mode
from gradio_webrtc.ui.layouts import LAYOUTS, layout_of
from gradio_webrtc.ui.page_parts import PageParts
from tests.support.page_tree import tree

STAGE = [{"column": ["webrtc"]}, {"sidebar left": ["In"]}, {"sidebar right": ["Out"]}]
BELOW = [{"column": [{"row": [{"column": ["In"]}, {"column": ["Out"]}]}, "webrtc"]}]
BESIDE = [{"row": [{"column": ["In"]}, {"column": ["webrtc", "Out"]}]}]
STARTED = [{"row": [{"column": ["In", "Start stream"]}, {"column": ["webrtc", "Out"]}]}]
IN_LINE = [{"row": [{"column": ["webrtc", "In"]}, {"column": ["Out"]}]}]

EXPECTED: dict[tuple[Mode, Modality], Any] = {
    ("send-receive", "audio"): STAGE,
    ("send-receive", "video"): STAGE,
    ("send-receive", "audio-video"): STAGE,
    ("send", "audio"): BELOW,
    ("send", "video"): BESIDE,
    ("send", "audio-video"): BESIDE,
    ("receive", "audio"): STARTED,
    ("receive", "video"): STARTED,
    ("receive", "audio-video"): STARTED,
}


def parts(*inputs: gr.components.Component, **others: Any) -> PageParts:
    outputs = others.pop("outputs", [gr.Textbox(label="Out", render=False)])
    shown: list[Block] = list(inputs or [gr.Textbox(label="In", render=False)])
    return PageParts(lambda: WebRTC(), shown, outputs, others.pop("chats", []), **others)


def laid_out(layout: Any, placed: PageParts) -> Any:
    with gr.Blocks() as page:
        layout(placed)
    return next(iter(tree(page).values()))


@pytest.mark.parametrize("mode", get_args(Mode))
@pytest.mark.parametrize("modality", get_args(Modality))
async def test_every_mode_and_modality_has_a_layout(mode: Mode, modality: Modality) -> None:
    layout = layout_of(mode, modality, full_screen=True)
    assert layout is LAYOUTS[mode, modality]
    assert laid_out(layout, parts()) == EXPECTED[mode, modality]


@pytest.mark.parametrize("modality", get_args(Modality))
async def test_without_full_screen_a_stream_of_both_ways_is_in_line(modality: Modality) -> None:
    layout = layout_of("send-receive", modality, full_screen=False)
    assert laid_out(layout, parts()) == IN_LINE
    alone = parts(outputs=[])
    assert laid_out(layout, alone) == [{"row": [{"column": ["webrtc", "In"]}]}]


@pytest.mark.parametrize("full_screen", [True, False])
async def test_a_chatbot_is_above_the_stream(full_screen: bool) -> None:
    chat = gr.Chatbot(render=False)
    layout = layout_of("send-receive", "audio", full_screen=full_screen)
    found = laid_out(layout, parts(chats=[chat]))[0]
    column = found["column"] if full_screen else found["row"][0]["column"]
    assert column[:2] == ["chatbot", "webrtc"]


async def test_no_sidebar_and_no_column_is_made_for_what_nobody_sees() -> None:
    def unseen() -> PageParts:
        return parts(gr.State(), outputs=[gr.Textbox(label="Out", visible=False, render=False)])

    stage = layout_of("send-receive", "audio", full_screen=True)
    assert laid_out(stage, unseen()) == [{"column": ["webrtc", "state", "Out"]}]
    beside = layout_of("send", "video", full_screen=True)
    assert laid_out(beside, unseen()) == [{"row": [{"column": ["webrtc", "state", "Out"]}]}]


async def test_a_stream_that_only_receives_has_a_start_button() -> None:
    with gr.Blocks():
        placed = LAYOUTS["receive", "video"](parts(start_label="Play"))
    assert placed.start is not None
    assert placed.start.value == "Play"
