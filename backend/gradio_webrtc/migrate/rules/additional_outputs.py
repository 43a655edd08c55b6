"""Additional outputs: whose values a listener gets, and when an output leaves."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradio_webrtc.migrate.call_edits import keyword
from gradio_webrtc.migrate.findings import Finding
from gradio_webrtc.migrate.imported_names import Function
from gradio_webrtc.migrate.program import Program, elements, method_of

_MUTATORS = frozenset(
    {"add", "append", "clear", "extend", "insert", "pop", "remove", "setdefault", "update"}
)


def current_inputs(program: Program) -> Iterator[Finding]:
    """Yield listeners that use the values of their components, which are current ones here."""
    for call in program.source.calls:
        method = method_of(call)
        if method is not None and method[1] == "on_additional_outputs":
            fn = _argument(call, 0, "fn")
            given = elements(_argument(call, 1, "inputs"))
        elif program.names.ours(call.func) == "Stream":
            fn = _argument(call, None, "additional_outputs_handler")
            given = elements(_argument(call, None, "additional_outputs"))
        else:
            continue
        if fn is None or not given or not _uses(program.names.function(fn), len(given)):
            continue
        yield program.finding(
            fn,
            "current-inputs",
            "the values of the components that this function gets are current; in fastrtc they "
            "were those at the start of the connection. Where it adds to them what the stream's "
            "function has added already (prev + cur), the text doubles: add in one place only.",
        )


def changed_after(program: Program) -> Iterator[Finding]:
    """Yield values that change after they were given to ``AdditionalOutputs``."""
    for function in program.source.nodes:
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        sent = {
            name: node.lineno
            for node in sorted(_nodes(function, ast.Yield), key=lambda node: node.lineno)
            for name in _sent(program, node)
        }
        for node in _nodes(function, ast.stmt):
            name = _changed(node)
            if name in sent and node.lineno > sent[name]:
                yield program.finding(
                    node,
                    "output-order",
                    f"{name} changes after it was given to AdditionalOutputs in line "
                    f"{sent[name]}. An output is delivered before the generator goes on; in "
                    "fastrtc the change could still be seen. Give the output after the change.",
                )


def _argument(call: ast.Call, place: int | None, name: str) -> ast.expr | None:
    found = keyword(call, name)
    if found is not None:
        return found.value
    return call.args[place] if place is not None and place < len(call.args) else None


def _uses(function: Function | None, count: int) -> bool:
    """Whether ``function`` reads one of its first ``count`` arguments; True if it is unknown."""
    if function is None:
        return True
    places = [*function.args.posonlyargs, *function.args.args]
    names = {place.arg for place in places[:count]}
    rest = function.args.vararg.arg if function.args.vararg and len(places) < count else None
    body = [function.body] if isinstance(function, ast.Lambda) else function.body
    nodes = [node for part in body for node in ast.walk(part)]
    told_apart = {
        node.value
        for node in nodes
        if isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and isinstance(node.slice.value, int)
        and node.slice.value >= count - len(places)
    }
    return any(
        isinstance(node, ast.Name)
        and (node.id in names or (node.id == rest and node not in told_apart))
        for node in nodes
    )


def _nodes(function: ast.AST, kind: type[ast.Yield] | type[ast.stmt]) -> list[ast.expr | ast.stmt]:
    """Return the nodes of ``function`` without those of functions inside it."""
    found: list[ast.expr | ast.stmt] = []
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        if isinstance(node, kind):
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def _sent(program: Program, node: ast.expr | ast.stmt) -> Iterator[str]:
    """Yield the variables that a ``yield`` gives to ``AdditionalOutputs``."""
    value = node.value if isinstance(node, ast.Yield) else None
    for call in elements(value):
        if isinstance(call, ast.Call) and program.names.ours(call.func) == "AdditionalOutputs":
            yield from (argument.id for argument in call.args if isinstance(argument, ast.Name))


def _changed(node: ast.expr | ast.stmt) -> str | None:
    """Return the variable whose object a statement changes in place."""
    target: ast.expr | None = None
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        method = method_of(node.value)
        target = method[0] if method is not None and method[1] in _MUTATORS else None
    elif isinstance(node, ast.Assign | ast.AugAssign | ast.Delete):
        first = node.target if isinstance(node, ast.AugAssign) else node.targets[0]
        if isinstance(first, ast.Subscript):
            target = first.value
    return target.id if isinstance(target, ast.Name) else None
