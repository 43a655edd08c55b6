import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradio_webrtc.migrate.call_edits import (
    add_keyword,
    keyword,
    remove_keywords,
    rename_keyword,
    replace_keyword,
    takes_more,
)
from gradio_webrtc.migrate.findings import apply_edits
from gradio_webrtc.migrate.python_source import PythonSource


def without(text: str, *names: str) -> str:
    source = PythonSource(text)
    call = source.calls[0]
    removed = [found for name in names if (found := keyword(call, name)) is not None]
    assert len(removed) == len(names)
    return apply_edits(text, remove_keywords(source, call, removed))


def added(text: str, new: str = "z=9") -> str:
    source = PythonSource(text)
    return apply_edits(text, add_keyword(source, source.calls[0], new))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(a=1)", "f()"),
        ("f(a=1,)", "f()"),
        ("f(a=1, x=2)", "f(x=2)"),
        ("f(x=2, a=1)", "f(x=2)"),
        ("f(x=2, a=1,)", "f(x=2,)"),
        ("f((0), a=1)", "f((0))"),
        ("f(*x, a=(1), **y)", "f(*x, **y)"),
        ("f(\n    a=1,\n)", "f(\n)"),
        ("f(\n    a=1\n)", "f(\n)"),
        ("f(\n    x=2,  # two\n    a=1,  # one\n)", "f(\n    x=2,  # two\n    # one\n)"),
        ("f(\r\n    a=1,\r\n    x=2,\r\n)", "f(\r\n    x=2,\r\n)"),
        ("f(x=2,\n  a=1)", "f(x=2)"),
        ("f(x=2,  # two\n  a=1)", "f(x=2,  # two\n  a=1)"),
        ('f(x="#", a="#,)")', 'f(x="#")'),
    ],
)
def test_one_keyword_goes_and_the_rest_stays_as_it_is(before: str, after: str) -> None:
    assert without(before, "a") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(a=1, b=2)", "f()"),
        ("f(a=1, b=2, x=3)", "f(x=3)"),
        ("f(x=3, a=1, b=2)", "f(x=3)"),
        ("f(a=1, x=3, b=2)", "f(x=3)"),
        ("f(b=2, a=1,)", "f()"),
        ("f(\n    a=1, b=2,\n    x=3)", "f(\n    x=3)"),
        ("f(\n    a=1,\n    b=2,\n)", "f(\n)"),
    ],
)
def test_several_keywords_go_together(before: str, after: str) -> None:
    assert without(before, "a", "b") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("f(1)", "f(1, z=9)"),
        ("f(1, )", "f(1, z=9, )"),
        ("f(g(1))", "f(g(1), z=9)"),
        ("f(\n    1,\n    2,  # two\n)", "f(\n    1,\n    2,\n    z=9,  # two\n)"),
        ("f(\n    x=(1),\n)", "f(\n    x=(1),\n    z=9,\n)"),
        ("f(\n    x=1\n)", "f(\n    x=1,\n    z=9,\n)"),
        ("f(\r\n\tx=1,\r\n)", "f(\r\n\tx=1,\r\n\tz=9,\r\n)"),
        ("f(x=1,\n  y=2)", "f(x=1,\n  y=2, z=9)"),
        ("f(x for x in y)", "f(x for x in y)"),
        ("f()", "f()"),
    ],
)
def test_a_keyword_is_added_behind_the_last_argument(before: str, after: str) -> None:
    assert added(before) == after


def test_a_keyword_is_renamed_or_replaced() -> None:
    source = PythonSource("f(ä=1, b = 2)")
    found = keyword(source.calls[0], "b")
    assert found is not None
    assert apply_edits(source.text, rename_keyword(source, found, "c")) == "f(ä=1, c = 2)"
    assert apply_edits(source.text, replace_keyword(source, found, "c=3")) == "f(ä=1, c=3)"


def test_a_call_inside_of_a_text_is_changed_where_it_is_or_not_at_all() -> None:
    text = 'b = 1\nx = f"""\n{f(a=1, c=2)}\n"""\n'
    source = PythonSource(text)
    found = keyword(source.calls[0], "a")
    assert found is not None
    for edits in (
        remove_keywords(source, source.calls[0], [found]),
        rename_keyword(source, found, "a"),
        replace_keyword(source, found, "a=1"),
    ):
        assert apply_edits(text, edits) in (text, text.replace("a=1, ", ""))


def test_further_keywords_may_hide_in_stars() -> None:
    assert takes_more(PythonSource("f(**x)").calls[0])
    assert not takes_more(PythonSource("f(*x, y=1)").calls[0])


ARGUMENTS = {"a": "1", "b": "'#b, ('", "c": "(g(c=2),)", "d": "[\n  1,\n ]", "e": "lambda x: x"}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, list[str], set[str]]:
    names = draw(st.lists(st.sampled_from(list(ARGUMENTS)), min_size=1, unique=True))
    removed = draw(st.sets(st.sampled_from(names), min_size=1))
    parts = []
    for number, name in enumerate(names):
        before = draw(st.sampled_from(["", " ", "\n    ", "  # c\n    "]))
        last = number == len(names) - 1
        parts.append(f"{before}{name}={ARGUMENTS[name]}")
        parts.append(draw(st.sampled_from(["", ",", " ,"])) if last else ",")
    end = draw(st.sampled_from(["", "\n", " # end\n"]))
    return f"f({''.join(parts)}{end})\n", names, removed


@settings(deadline=None)
@given(calls())
def test_however_a_call_is_laid_out_it_loses_just_those(
    made: tuple[str, list[str], set[str]],
) -> None:
    text, names, removed = made
    after = without(text, *removed)
    wanted = f"f({', '.join(f'{n}={ARGUMENTS[n]}' for n in names if n not in removed)})\n"
    assert after == text or ast.dump(ast.parse(after)) == ast.dump(ast.parse(wanted))
    assert after.count("# c") == text.count("# c")
    assert after.count("# end") == text.count("# end")


@settings(deadline=None)
@given(calls())
def test_however_a_call_is_laid_out_it_gains_just_that(
    made: tuple[str, list[str], set[str]],
) -> None:
    text, names, _ = made
    wanted = f"f({', '.join(f'{n}={ARGUMENTS[n]}' for n in names)}, z=9)\n"
    assert ast.dump(ast.parse(added(text))) == ast.dump(ast.parse(wanted))
