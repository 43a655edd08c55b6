"""The heading of a page, as text or as HTML, and the title of its tab."""

from __future__ import annotations

import gradio as gr
import pytest

from gradio_webrtc import UIArgs
from gradio_webrtc.ui.headings import place_heading, plain_title


def heading(args: UIArgs) -> list[str]:
    with gr.Blocks() as page:
        place_heading("audio", args)
    return [str(block.value) for block in page.children]


@pytest.mark.parametrize(
    ("title", "shown", "plain"),
    [
        ("Me & you, a < b", "<h1>Me &amp; you, a &lt; b</h1>", "Me & you, a < b"),
        ("<h2>Talk to <b>it</b></h2>", "<h2>Talk to <b>it</b></h2>", "Talk to it"),
    ],
)
async def test_a_title_is_text_unless_it_has_markup(title: str, shown: str, plain: str) -> None:
    args = UIArgs(title=title)
    assert heading(args) == [shown]
    assert plain_title("audio", args) == plain


async def test_there_is_a_title_without_one_and_a_subtitle_with_one() -> None:
    assert heading({}) == ["<h1>Audio stream</h1>"]
    assert heading({"subtitle": "Say *hello*."}) == ["<h1>Audio stream</h1>", "Say *hello*."]


async def test_both_can_be_hidden() -> None:
    args = UIArgs(title="Echo", subtitle="Say hello.", hide_title=True)
    assert heading(args) == []
    assert plain_title("audio", args) == "Echo"
