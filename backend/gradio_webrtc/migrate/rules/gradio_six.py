"""Calls and names that Gradio 6 has no more, or has otherwise."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradio_webrtc.migrate.call_edits import (
    keyword,
    remove_keywords,
    rename_keyword,
    replace_keyword,
)
from gradio_webrtc.migrate.findings import Edit, Finding
from gradio_webrtc.migrate.program import Program, method_of
from gradio_webrtc.migrate.rules.gradio_changes import ANY, KEYWORDS, NAMES, Change

RULE = "gradio-6"
_EVENT = "gradio.Button.click"
_APP_METHODS = ("launch", "queue")


def gradio_six(program: Program) -> Iterator[Finding]:
    """Yield keywords and names of Gradio that changed."""
    for call in program.source.calls:
        owner = _owner(program, call)
        if owner is not None:
            yield from _keywords(program, call, *owner)
    yield from _names(program)


def _owner(program: Program, call: ast.Call) -> tuple[str, frozenset[str] | None] | None:
    """Return under which name the table has what is called, and what it takes if that is known."""
    path = program.names.of_gradio(call.func)
    if path is not None:
        return path, program.installed.parameters(f"gradio.{path}")
    method = method_of(call)
    if method is None or not program.names.uses_gradio:
        return None
    if method[1] in _APP_METHODS:
        known = program.installed.parameters(f"gradio.Blocks.{method[1]}")
        return (method[1], known) if _is_app(program, method[0]) else None
    if program.installed.has(f"gradio.events.Events.{method[1]}") or method[1] in ("then",):
        return "event", program.installed.parameters(_EVENT)
    return None


def _is_app(program: Program, expression: ast.expr) -> bool:
    """Whether an expression is Blocks, an Interface, or a stream's page."""
    if isinstance(expression, ast.Attribute) and expression.attr == "ui":
        return True
    made = program.names.maker(expression)
    path = None if made is None else program.names.of_gradio(made.func)
    return path in ("Blocks", "Interface", "ChatInterface", "TabbedInterface")


def _keywords(
    program: Program, call: ast.Call, owner: str, known: frozenset[str] | None
) -> Iterator[Finding]:
    removed: list[tuple[ast.keyword, Change]] = []
    for found in call.keywords:
        name = found.arg or ""
        change = _change(owner, found, known)
        if change is None:
            if name and known is not None and name not in known and owner != "event":
                text = f"{owner} takes no {name}= in Gradio {program.installed.version('gradio')}."
                yield program.finding(found, RULE, text)
        elif change.action == "remove":
            removed.append((found, change))
        else:
            edits = _edits(program, call, found, change)
            yield program.finding(found, RULE, change.text, edits)
    edits = remove_keywords(program.source, call, [found for found, _ in removed])
    for found, change in removed:
        yield program.finding(found, RULE, change.text, edits)


def _change(owner: str, found: ast.keyword, known: frozenset[str] | None) -> Change | None:
    name = found.arg or ""
    changes = KEYWORDS.get((owner, name))
    if changes is None and (name == "api_name" or known is None or name not in known):
        changes = KEYWORDS.get(("*", name))
    value = found.value.value if isinstance(found.value, ast.Constant) else None
    for change in changes or ():
        if (
            change.value == ANY
            or (value is not None and value is change.value)
            or (isinstance(value, str) and value == change.value)
        ):
            return change
    return None


def _edits(program: Program, call: ast.Call, found: ast.keyword, change: Change) -> list[Edit]:
    new = change.new.partition("=")[0]
    if change.action == "tell" or keyword(call, new) is not None:
        return []
    if change.action == "rename":
        return rename_keyword(program.source, found, new)
    others = [other for other in call.keywords if other is not found]
    if any(_replaced_by(program, other) == new for other in others):
        return []  # show_api= and api_name=False in one call: a person decides
    return replace_keyword(program.source, found, change.new)


def _replaced_by(program: Program, found: ast.keyword) -> str | None:
    change = _change("event", found, frozenset())
    return change.new.partition("=")[0] if change is not None else None


def _names(program: Program) -> Iterator[Finding]:
    """Yield names below ``gradio`` that are not there any more."""
    for node in program.source.nodes:
        if isinstance(node, ast.Attribute) and program.names.origin(node.value) == "gradio":
            if not program.installed.has(f"gradio.{node.attr}"):
                yield program.finding(node, RULE, _gone(f"gradio.{node.attr}"))
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            if module.split(".")[0] == "gradio":
                for alias in node.names:
                    path = f"{module}.{alias.name}"
                    if alias.name != "*" and not program.installed.has(path):
                        yield program.finding(alias, RULE, _gone(path))


def _gone(path: str) -> str:
    remedy = NAMES.get(path.rsplit(".", 1)[-1])
    return f"{path} is not in Gradio 6" + (f": {remedy}." if remedy else ".")
