import ast
from textwrap import dedent

from gradio_webrtc.migrate.imported_names import ImportedNames
from gradio_webrtc.migrate.python_source import PythonSource


def names_of(program: str) -> ImportedNames:
    return ImportedNames(PythonSource(dedent(program)))


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def test_names_lead_to_where_they_are_from() -> None:
    names = names_of(
        """
        import gradio as gr
        import fastrtc.utils as u
        from fastrtc import Stream as S
        from gradio import Blocks
        """
    )
    assert names.origin(expression("gr.themes.Soft")) == "gradio.themes.Soft"
    assert names.of_gradio(expression("Blocks")) == "Blocks"
    assert names.ours(expression("S")) == "Stream"
    assert names.ours(expression("u.AdditionalOutputs")) == "AdditionalOutputs"
    assert names.ours(expression("gr.Blocks")) is None
    assert names.origin(expression("f().x")) is None


def test_a_name_that_is_bound_in_another_way_means_nothing() -> None:
    for other in ("gr = 1", "def f(gr): pass", "class gr: pass", "for gr in x: pass"):
        assert (
            names_of(f"import gradio as gr\n{other}\n").of_gradio(expression("gr.Chatbot")) is None
        )


def test_everything_of_a_package_may_be_imported() -> None:
    names = names_of("from fastrtc import *\n")
    assert names.ours(expression("Stream")) == "Stream"
    assert names.uses_gradio


def test_variables_lead_to_the_call_that_made_them() -> None:
    names = names_of(
        """
        import gradio as gr
        def respond(chat):
            answer = model(chat)
            return answer
        chat: gr.Chatbot = gr.Chatbot()
        answer = gr.Textbox()
        twice = gr.Textbox()
        twice = gr.Number()
        with gr.Blocks() as demo:
            pass
        """
    )
    made = {name: names.maker(expression(name)) for name in ("chat", "answer", "twice", "demo")}
    called = {name: ast.unparse(call.func) for name, call in made.items() if call is not None}
    assert called == {"chat": "gr.Chatbot", "answer": "gr.Textbox", "demo": "gr.Blocks"}


def test_a_function_is_known_by_its_only_name() -> None:
    names = names_of("def f(): pass\ng = lambda x: x\ndef h(): pass\ndef h(): pass\n")
    assert isinstance(names.function(expression("f")), ast.FunctionDef)
    assert isinstance(names.function(expression("g")), ast.Lambda)
    assert names.function(expression("h")) is None
