"""Which names of a program mean something of fastrtc, of this package or of Gradio."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeAlias

from gradio_webrtc.migrate.python_source import PythonSource

PACKAGES = ("fastrtc", "gradio_webrtc")

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class ImportedNames:
    """What a program imported, and what it made of it.

    An imported name that the program also binds in another way means nothing here: whoever is not
    sure says nothing.

    Attributes:
        imported: local name to where it is from, such as ``{"gr": "gradio"}``.
        functions: functions and lambdas by name, where only one has the name.
        modules: the modules the program imports, by their last word.
        star: from which of both packages everything is imported, or an empty text.
    """

    def __init__(self, source: PythonSource) -> None:
        self.imported: dict[str, str] = {}
        self.functions: dict[str, Function | None] = {}
        self.modules: set[str] = set()
        self.star = ""
        self._made: dict[str, list[ast.Call]] = {}
        for node in source.nodes:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._note_import(node)
            self._note_value(node)
        for node in source.nodes:
            for name in _bound_by(node):
                self.imported.pop(name, None)

    def origin(self, expression: ast.expr) -> str | None:
        """Return the dotted path that ``expression`` stands for, such as ``gradio.Chatbot``."""
        if isinstance(expression, ast.Attribute):
            owner = self.origin(expression.value)
            return None if owner is None else f"{owner}.{expression.attr}"
        if not isinstance(expression, ast.Name):
            return None
        if expression.id not in self.imported and self.star and expression.id[0].isupper():
            return f"{self.star}.{expression.id}"
        return self.imported.get(expression.id)

    def ours(self, expression: ast.expr) -> str | None:
        """Return the name in fastrtc or this package, without its module; None for others'."""
        path = self.origin(expression)
        if path is None or path.split(".")[0] not in PACKAGES:
            return None
        return path.rsplit(".", 1)[-1]

    def of_gradio(self, expression: ast.expr) -> str | None:
        """Return the path below ``gradio``, such as ``Chatbot``; None for others'."""
        path = self.origin(expression)
        return path[len("gradio.") :] if path is not None and path.startswith("gradio.") else None

    @property
    def uses_gradio(self) -> bool:
        """Whether the program imports Gradio, fastrtc or this package."""
        return bool(self.star) or any(
            path.split(".")[0] in ("gradio", *PACKAGES) for path in self.imported.values()
        )

    @property
    def imports_fastrtc(self) -> bool:
        """Whether the program is not changed yet."""
        paths = [*self.imported.values(), *([self.star] if self.star else [])]
        return any(path.split(".")[0] == "fastrtc" for path in paths)

    def maker(self, expression: ast.expr) -> ast.Call | None:
        """Return the call to Gradio or this package that made what ``expression`` stands for."""
        calls = [expression] if isinstance(expression, ast.Call) else []
        if isinstance(expression, ast.Name):
            calls = self._made.get(expression.id, [])
        known = [call for call in calls if self.ours(call.func) or self.of_gradio(call.func)]
        return known[0] if len(known) == 1 else None

    def function(self, expression: ast.expr | None) -> Function | None:
        """Return the function that ``expression`` is or names."""
        if isinstance(expression, ast.Lambda):
            return expression
        return self.functions.get(expression.id) if isinstance(expression, ast.Name) else None

    def _note_import(self, node: ast.Import | ast.ImportFrom) -> None:
        module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            if isinstance(node, ast.Import):
                self.modules.add(alias.name.split(".")[-1])
                first = alias.name.split(".")[0]
                self.imported[alias.asname or first] = alias.name if alias.asname else first
            elif alias.name == "*":
                self.star = self.star or (module if module.split(".")[0] in PACKAGES else "")
            else:
                self.modules.add(module.split(".")[-1])
                if not node.level:
                    self.imported.setdefault(alias.asname or alias.name, f"{module}.{alias.name}")

    def _note_value(self, node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._note_function(node.name, node)
        elif isinstance(node, ast.withitem):
            self._note_made(node.optional_vars, node.context_expr)
        elif isinstance(node, ast.AnnAssign):
            self._note_made(node.target, node.value)
        elif isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._note_made(node.targets[0], node.value)

    def _note_made(self, target: ast.expr | None, value: ast.expr | None) -> None:
        if not isinstance(target, ast.Name):
            return
        if isinstance(value, ast.Lambda):
            self._note_function(target.id, value)
        elif isinstance(value, ast.Call):
            self._made.setdefault(target.id, []).append(value)

    def _note_function(self, name: str, function: Function) -> None:
        self.functions[name] = None if name in self.functions else function


def _bound_by(node: ast.AST) -> Iterator[str]:
    """Yield the names a node binds other than by importing."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
