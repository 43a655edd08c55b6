"""Each component of a page has one place."""

from __future__ import annotations

import gradio as gr
import pytest

from gradio_webrtc.ui.page_parts import is_seen, sort_parts


async def test_what_is_an_input_and_an_output_is_placed_as_an_output() -> None:
    voice, both, text = gr.Dropdown(), gr.Textbox(), gr.Textbox()
    assert sort_parts("audio", [voice, both, voice], [both, text, both]) == (
        [voice],
        [both, text],
        [],
    )


@pytest.mark.parametrize("modality", ["video", "audio-video"])
async def test_a_chatbot_has_a_place_of_its_own_with_audio_only(modality: str) -> None:
    chat, text = gr.Chatbot(), gr.Textbox()
    assert sort_parts("audio", [chat], [chat, text]) == ([], [text], [chat])
    assert sort_parts("audio", [chat, text], []) == ([text], [], [chat])
    assert sort_parts(modality, [chat], [chat, text]) == ([], [chat, text], [])  # type: ignore[arg-type]


async def test_what_nobody_sees() -> None:
    assert is_seen(gr.Textbox())
    assert not any(map(is_seen, [gr.State(), gr.Timer(), gr.Textbox(visible=False)]))
