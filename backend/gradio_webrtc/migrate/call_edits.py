"""Keywords of a call: looked up, added, renamed and removed without touching the rest."""

from __future__ import annotations

import ast
from collections.abc import Collection

from gradio_webrtc.migrate.findings import Edit
from gradio_webrtc.migrate.python_source import PythonSource


def keyword(call: ast.Call, name: str) -> ast.keyword | None:
    """Return the keyword argument ``name`` of ``call``, if it is there."""
    return next((found for found in call.keywords if found.arg == name), None)


def takes_more(call: ast.Call) -> bool:
    """Whether ``call`` has ``**`` arguments, so that any keyword may be among them."""
    return any(found.arg is None for found in call.keywords)


def rename_keyword(source: PythonSource, found: ast.keyword, name: str) -> list[Edit]:
    """Return the edit that gives a keyword another name."""
    start = source.start(found)
    if not _is_there(source, found):
        return []
    return [Edit(start, start + len(found.arg or ""), name)]


def replace_keyword(source: PythonSource, found: ast.keyword, text: str) -> list[Edit]:
    """Return the edit that puts ``text``, a whole ``name=value``, in a keyword's place."""
    if not _is_there(source, found):
        return []
    return [Edit(source.start(found), source.end(found), text)]


def add_keyword(source: PythonSource, call: ast.Call, text: str) -> list[Edit]:
    """Return the edit that adds ``text``, a whole ``name=value``, behind the last argument.

    On a line of its own where the last argument has one; nothing where it cannot be done safely.
    """
    close = source.token_at(source.end(call) - 1)
    if (
        close is None
        or source.tokens[close].text != ")"
        or not (call.args or call.keywords)
        or _is_generator(call)
    ):
        return []
    comma = source.tokens[close - 1].text == ","
    last = source.tokens[close - 2 if comma else close - 1]
    starts = [source.start(argument) for argument in call.args]
    start = max([*starts, *(source.start(argument) for argument in call.keywords)])
    line = source.line_of(start)
    indent = line[: len(line) - len(line.lstrip())]
    own_line = start == source.text.rfind("\n", 0, start) + 1 + len(indent)
    if own_line and "\n" in source.text[last.end : source.tokens[close].start]:
        newline = "\r\n" if line.endswith("\r") else "\n"
        end = source.tokens[close - 1].end
        return [Edit(end, end, f"{'' if comma else ','}{newline}{indent}{text},")]
    return [Edit(last.end, last.end, f", {text}")]


def remove_keywords(
    source: PythonSource, call: ast.Call, removed: Collection[ast.keyword]
) -> list[Edit]:
    """Return the edits that take keywords out of ``call``; none where a comment is in the way."""
    if not all(_is_there(source, found) for found in removed):
        return []
    own_lines = [_whole_lines(source, found) for found in removed]
    if all(own_lines):
        return [edit for edit in own_lines if edit is not None]
    starts = {source.start(found): found for found in removed}
    edits: list[Edit] = []
    for start in sorted(starts):
        if edits and start < edits[-1].end:
            continue  # the run before took it along
        edit = _run(source, starts, start)
        if edit is None or "#" in _without_strings(source, edit):
            return []
        edits.append(edit)
    return edits


def _run(source: PythonSource, starts: dict[int, ast.keyword], start: int) -> Edit | None:
    """Return the edit that removes the arguments from ``start`` on that all are to go."""
    tokens = source.tokens
    first = source.token_at(start)
    if first is None:
        return None
    end = start
    while True:
        end = source.end(starts[end])
        after = _first_from(source, end)
        if after is None:
            return None
        if tokens[after].text != ",":
            break
        behind = tokens[after + 1]
        if behind.start not in starts:
            if behind.text != ")":
                return Edit(start, behind.start, "")
            break
        end = behind.start
    if tokens[first - 1].text == ",":
        return Edit(tokens[first - 1].start, end, "")
    closing = tokens[after].end if tokens[after].text == "," else end
    return Edit(start, closing, "")


def _first_from(source: PythonSource, offset: int) -> int | None:
    """Return the index of the first token at or behind ``offset``."""
    return next((i for i, token in enumerate(source.tokens) if token.start >= offset), None)


def _whole_lines(source: PythonSource, found: ast.keyword) -> Edit | None:
    """Return the edit that removes an argument which has its lines for itself."""
    start, end = source.start(found), source.end(found)
    first = source.text.rfind("\n", 0, start) + 1
    if source.text[first:start].strip():
        return None
    rest = source.text[end : source.text.find("\n", end) + 1]
    behind = rest.lstrip(" \t")
    behind = behind[1:].lstrip(" \t") if behind.startswith(",") else behind
    if behind.startswith("#"):
        return Edit(start, end + len(rest) - len(behind), "")
    return Edit(first, end + len(rest), "") if behind.strip() == "" and rest else None


def _without_strings(source: PythonSource, edit: Edit) -> str:
    """Return what an edit removes, without its tokens: layout and comments are left."""
    rest = source.text[edit.start : edit.end]
    for token in reversed(source.tokens):
        if edit.start <= token.start and token.end <= edit.end:
            rest = rest[: token.start - edit.start] + rest[token.end - edit.start :]
    return rest


def _is_there(source: PythonSource, found: ast.keyword) -> bool:
    """Whether a keyword is where the tree says: in f-strings it is not before Python 3.12."""
    index = source.token_at(source.start(found))
    return index is not None and source.tokens[index].text == found.arg


def _is_generator(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp)
