from textwrap import dedent
from typing import Any

import pytest

from tests.unit.migrate.checking import check, one, rewritten, rules

HEAD = "import gradio as gr\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('gr.Chatbot(type="messages")', "gr.Chatbot()"),
        ('gr.Chatbot([], type="messages", height=3)', "gr.Chatbot([], height=3)"),
        ('gr.ChatInterface(f, type="messages")', "gr.ChatInterface(f)"),
        (
            'gr.Chatbot(\n    label="x",  # the label\n    type="messages",\n)',
            'gr.Chatbot(\n    label="x",  # the label\n)',
        ),
        ("gr.Chatbot(resizeable=True)", "gr.Chatbot(resizable=True)"),
        ('gr.Chatbot(bubble_full_width=False, type="messages")', "gr.Chatbot()"),
        ("b.click(f, show_api=False)", 'b.click(f, api_visibility="undocumented")'),
        ("b.click(f, show_api=True)", "b.click(f)"),
        ("b.click(f, api_name=False)", 'b.click(f, api_visibility="private")'),
        ("gr.on(f, show_api=False)", 'gr.on(f, api_visibility="undocumented")'),
        ("b.click(f).then(g, show_api=False)", 'b.click(f).then(g, api_visibility="undocumented")'),
        (
            "stream.ui.launch(show_api=False)",
            'stream.ui.launch(footer_links=["gradio", "settings"])',
        ),
        ("gr.ImageEditor(crop_size=(1, 2))", "gr.ImageEditor(canvas_size=(1, 2))"),
    ],
)
def test_what_is_sure_is_rewritten(before: str, after: str) -> None:
    assert rewritten(f"{HEAD}{before}\n") == f"{HEAD}{after}\n"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ('gr.Chatbot(type="tuples")', "pairs are gone"),
        ("gr.Chatbot(type=kind)", "pairs are gone"),
        ("gr.Chatbot(show_copy_button=True)", "buttons="),
        ("gr.Audio(show_download_button=True)", "buttons="),
        ("gr.Image(mirror_webcam=False)", "WebcamOptions"),
        ("gr.Blocks(css='a {}')", "launch()"),
        ("gr.Textbox(no_such_thing=1)", "takes no no_such_thing="),
        ("gr.Blocks().launch(no_such_thing=1)", "takes no no_such_thing="),
        ("gr.Blocks().queue(concurrency_count=3)", "default_concurrency_limit"),
        ("b.click(f, show_api=x)", "api_visibility"),
        ("b.click(f, show_api=False, api_name=False)", "api_visibility"),
        ("gr.LogoutButton()", "LoginButton"),
        ("from gradio import wasm_utils", "Gradio-lite"),
    ],
)
def test_what_is_not_sure_is_told(program: str, words: str) -> None:
    found = check(f"{HEAD}{program}\n")
    assert found.after == found.before
    assert any(words in finding.text for finding in found.findings)


@pytest.mark.parametrize(
    "program",
    [
        "gr.Textbox(type='password')",
        "model.Chatbot(type='messages')",
        "browser.launch(show_api=False)",
        "b.click(f, api_name='x')",
        "gr.themes.Soft(primary_hue='blue')",
        "gr.Textbox(**options)",
        "def f(gr):\n    gr.Chatbot(type='messages')",
    ],
)
def test_what_is_right_or_somebody_elses_is_left_alone(program: str) -> None:
    assert rules(f"{HEAD}{program}\n") == []


def test_a_comment_in_the_way_leaves_it_to_the_person() -> None:
    program = f"{HEAD}gr.Chatbot(label='x',  # why\n           type='messages')\n"
    assert rules(program) == [(3, "gradio-6", False)]


def test_the_version_is_named_for_an_unknown_keyword() -> None:
    text = one(f"{HEAD}gr.Textbox(no_such_thing=1)\n", "gradio-6")
    assert text.startswith("Textbox takes no no_such_thing= in Gradio 6.")


async def test_a_rewritten_page_is_built_by_gradio_without_a_warning() -> None:
    program = """
        import gradio as gr
        with gr.Blocks() as demo:
            chat = gr.Chatbot(
                [], type="messages",
                bubble_full_width=False, resizeable=True,
            )
            button = gr.Button("Go")
            button.click(lambda: [], None, chat, show_api=False).then(lambda: None, api_name=False)
        """
    made: dict[str, Any] = {}
    exec(compile(rewritten(dedent(program)), "page.py", "exec"), made)
    visible = [function.api_visibility for function in made["demo"].fns.values()]
    assert visible == ["undocumented", "private"]
