import ast

import pytest

from gradio_webrtc.migrate.python_source import PythonSource, UnreadableSourceError


def test_positions_count_characters_where_the_tree_counts_bytes() -> None:
    source = PythonSource('é = "日本", f(x)\r\nü = g(y)\r\n')
    called = [source.text[source.start(call) : source.end(call)] for call in source.calls]
    assert called == ["f(x)", "g(y)"]
    for call in source.calls:
        index = source.token_at(source.end(call) - 1)
        assert index is not None
        assert source.tokens[index].text == ")"


def test_a_line_may_say_that_it_has_been_looked_at() -> None:
    source = PythonSource("a = 1  # migrate: ok\nb = 2  # migrated\n")
    assert source.reviewed(1)
    assert not source.reviewed(2)


def test_comments_are_no_tokens() -> None:
    assert [token.text for token in PythonSource("a = 1  # b\n").tokens] == ["a", "=", "1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def f(:\n", "line 1"),
        ("print 'hello'\n", "line 1"),
        ("a\0b", "null bytes"),
        ("a = 1\rb = 2\r", "carriage return"),
        ("(" * 5000 + ")" * 5000, "nest|parenthes"),
        ("-" * 200_000 + "1", "deep|complex|memory|recursion|nest"),
    ],
)
def test_what_is_not_python_is_told(text: str, words: str) -> None:
    with pytest.raises(UnreadableSourceError, match=words):
        PythonSource(text)


def test_nodes_come_parents_first() -> None:
    assert isinstance(PythonSource("f(g(1))").nodes[0], ast.Module)
