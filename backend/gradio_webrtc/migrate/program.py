"""One program of an app, with what the rules want to know about it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from gradio_webrtc.migrate.findings import Edit, Finding
from gradio_webrtc.migrate.imported_names import ImportedNames
from gradio_webrtc.migrate.installed import Installed
from gradio_webrtc.migrate.python_source import PythonSource


@dataclass(frozen=True)
class Program:
    """A parsed program.

    Attributes:
        source: its text and tree.
        names: what its names stand for.
        installed: what the packages it will run with have.
        opencv_modules: modules of the same app that import OpenCV, by their last word.
    """

    source: PythonSource
    names: ImportedNames
    installed: Installed
    opencv_modules: frozenset[str] = field(default=frozenset())

    def finding(
        self,
        node: ast.expr | ast.stmt | ast.keyword | ast.alias,
        rule: str,
        text: str,
        edits: list[Edit] | None = None,
    ) -> Finding:
        """Return a finding at the line of ``node``."""
        return Finding(node.lineno, rule, text, tuple(edits or ()))


def elements(expression: ast.expr | None) -> list[ast.expr]:
    """Return the elements of a list, tuple or set in the text, or the one expression itself."""
    if isinstance(expression, ast.List | ast.Tuple | ast.Set):
        return list(expression.elts)
    nothing = expression is None or (
        isinstance(expression, ast.Constant) and expression.value is None
    )
    return [] if nothing or expression is None else [expression]


def method_of(call: ast.Call) -> tuple[ast.expr, str] | None:
    """Return the object and the name of the method that ``call`` calls."""
    return (call.func.value, call.func.attr) if isinstance(call.func, ast.Attribute) else None
