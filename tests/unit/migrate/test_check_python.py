import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.migrate.check_python import check_python, checked, concerns, uses_opencv
from gradio_webrtc.migrate.findings import Edit, Finding
from gradio_webrtc.migrate.python_source import UnreadableSourceError
from tests.unit.migrate.checking import INSTALLED, check, rewritten, rules

PIECES = (
    "from fastrtc import Stream, WebRTC, ReplyOnPause, AdditionalOutputs",
    "from fastrtc import (\n    VideoStreamHandler,  # pictures\n    UIArgs,\n)",
    "import fastrtc",
    "import fastrtc.utils as u",
    "from fastrtc.utils import audio_to_bytes, create_message",
    "from gradio_webrtc.reply_on_pause import ReplyOnPause",
    "import gradio as gr",
    "import cv2",
    'chat = gr.Chatbot(type="messages")',
    'chat = gr.Chatbot(\n    value=[],  # empty\n    type="messages",  # dicts\n)',
    'with gr.Blocks(css="a {}") as demo:\n    gr.Chatbot(bubble_full_width=True, type="messages")',
    'stream = Stream(\n    f, mode="send",\n    concurrency_limit=2 if x else None,\n)',
    'stream = fastrtc.Stream(VideoStreamHandler(f), modality="video",)',
    'w = WebRTC(modality="audio-video")',
    "w.on_additional_outputs(lambda a, b: a + b, inputs=[chat], outputs=[chat])",
    "def f(audio):\n    yield AdditionalOutputs(chat)\n    chat.append('ü')",
    "b.click(f, show_api=False).then(g, api_name=False)",
    "demo.launch(show_api=False)",
    "# fastrtc é",
    's = f"{fastrtc.Stream} {chat!r}"',
    '"""fastrtc.Stream"""',
    "class A:\n    def g(self, fastrtc=None):\n        return fastrtc",
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9), st.sampled_from(["\n", "\r\n"]))
def test_whatever_an_app_is_made_of(pieces: list[str], newline: str) -> None:
    before = "\n".join([*pieces, ""]).replace("\n", newline)
    result = check_python(before, INSTALLED)
    ast.parse(result.after)
    again = check_python(result.after, INSTALLED)
    assert again.after == result.after
    assert result.after.count("#") == before.count("#")
    assert ("\r\n" in result.after) == ("\r\n" in before)
    if result.after != before:
        assert any(finding.sure for finding in result.findings)
    lines = before.count("\n")
    assert all(1 <= finding.line <= lines for finding in result.findings)


def test_what_an_app_says_besides_stays_word_for_word() -> None:
    app = (
        "# -*- an app -*-\nimport gradio as gr\nfrom fastrtc import Stream\n\n\n"
        'words = {"fastrtc" :1,}   # kept\nchat=gr.Chatbot( type = "messages" )\n'
    )
    assert rewritten(app) == app.replace("from fastrtc", "from gradio_webrtc").replace(
        ' type = "messages" ', "  "
    )


def test_a_line_that_was_looked_at_is_left_alone() -> None:
    assert rules("from fastrtc import Stream  # migrate: ok\n") == []


def test_edits_that_would_spoil_a_program_are_only_told() -> None:
    spoiling = [Finding(1, "import", "why", (Edit(0, 1, "("),))]
    result = checked("a = 1\n", spoiling, parses=True)
    assert result.after == "a = 1\n"
    assert not result.findings[0].sure
    overlapping = [Finding(1, "x", "why", (Edit(0, 2, "b"), Edit(1, 3, "c")))]
    assert checked("a = 1\n", overlapping).after == "a = 1\n"


def test_deep_programs_are_told() -> None:
    with pytest.raises(UnreadableSourceError):
        check("import gradio as gr\nx = gr" + ".a" * 20_000 + "\n")


def test_files_are_told_apart_by_their_text() -> None:
    assert concerns("import fastrtc")
    assert concerns("import gradio as gr")
    assert not concerns("import numpy")
    assert uses_opencv("    import cv2\n")
    assert not uses_opencv("# cv2\nimport cv2_tools\n")
