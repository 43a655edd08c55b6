import ast

from gradio_webrtc.migrate.findings import Finding
from gradio_webrtc.migrate.imported_names import ImportedNames
from gradio_webrtc.migrate.program import Program, elements, method_of
from gradio_webrtc.migrate.python_source import PythonSource
from tests.unit.migrate.checking import INSTALLED


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def test_a_list_or_one_component_are_the_same() -> None:
    assert [ast.unparse(e) for e in elements(expression("[a, b]"))] == ["a", "b"]
    assert [ast.unparse(e) for e in elements(expression("a"))] == ["a"]
    assert elements(expression("None")) == elements(None) == []


def test_a_method_is_told_from_a_function() -> None:
    called = expression("a.b.launch()")
    assert isinstance(called, ast.Call)
    method = method_of(called)
    assert method is not None
    assert (ast.unparse(method[0]), method[1]) == ("a.b", "launch")
    plain = expression("launch()")
    assert isinstance(plain, ast.Call)
    assert method_of(plain) is None


def test_a_finding_has_the_line_of_its_node() -> None:
    source = PythonSource("a = 1\nf(x)\n")
    program = Program(source, ImportedNames(source), INSTALLED)
    assert program.finding(source.calls[0], "import", "why") == Finding(2, "import", "why")
