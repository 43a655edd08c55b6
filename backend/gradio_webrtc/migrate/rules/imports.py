"""Imports of fastrtc, and names that are elsewhere here or nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradio_webrtc.migrate.findings import Edit, Finding
from gradio_webrtc.migrate.imported_names import PACKAGES
from gradio_webrtc.migrate.program import Program

RULE = "import"
HERE = "gradio_webrtc"
_FROM = re.compile(r"from[\s\\]+([\w.]+)")
_CAME_ALONG = frozenset({"librosa", "numba"})
_BY_NAME = frozenset({"find_spec", "getLogger", "import_module", "patch", "version", "__import__"})


def imports(program: Program) -> Iterator[Finding]:
    """Yield what becomes of each import, and of names that are imported or reached by it."""
    for node in program.source.nodes:
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from _came_along(program, node, node.module)
            if node.module.split(".")[0] in PACKAGES:
                yield from _import_from(program, node, node.module)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _came_along(program, node, alias.name)
                if alias.name.split(".")[0] == "fastrtc":
                    yield _import(program, node, alias)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(program, node)
        elif isinstance(node, ast.Call):
            yield from _by_name(program, node)


def _came_along(program: Program, node: ast.stmt, module: str) -> Iterator[Finding]:
    """Tell of packages that were there because fastrtc needed them."""
    package = module.split(".")[0]
    if package in _CAME_ALONG and program.names.imports_fastrtc:
        text = f"{package} came along with fastrtc and does not here: add it to the requirements."
        yield program.finding(node, "requirement", text)


def _import_from(program: Program, node: ast.ImportFrom, module: str) -> Iterator[Finding]:
    names = [alias.name for alias in node.names if alias.name != "*"]
    target, missing = _best_module(program, module, names)
    if target != module:
        found = _FROM.match(program.source.text, program.source.start(node))
        edits = []
        if found is not None and found[1] == module:
            edits = [Edit(found.start(1), found.end(1), target)]
        yield program.finding(node, RULE, f"from {module} becomes from {target}.", edits)
    for alias in node.names:
        if alias.name in missing:
            yield program.finding(alias, RULE, _gone(program, alias.name, module))


def _best_module(program: Program, module: str, names: list[str]) -> tuple[str, set[str]]:
    """Return the module here that has most of ``names``, and those that it lacks."""
    inside = module.partition(".")[2]
    same = f"{HERE}.{inside}" if inside else HERE
    candidates = [HERE, same]
    if module == same:  # what works already stays as it is
        candidates.reverse()
    if not names and not program.installed.has(same):
        return HERE, set()
    lacking = {
        candidate: {name for name in names if not program.installed.has(f"{candidate}.{name}")}
        for candidate in candidates
        if program.installed.has(candidate)
    }
    best = min(lacking, key=lambda candidate: len(lacking[candidate])) if names else same
    return best, lacking[best]


def _import(program: Program, node: ast.Import, alias: ast.alias) -> Finding:
    source = program.source
    inside = alias.name.partition(".")[2]
    target = f"{HERE}.{inside}" if inside and program.installed.has(f"{HERE}.{inside}") else HERE
    start = source.start(alias)
    whole = Edit(start, start + len(alias.name), target)
    if alias.asname:
        return program.finding(node, RULE, f"import {alias.name} becomes import {target}.", [whole])
    uses = [
        source.start(name)
        for name in source.nodes
        if isinstance(name, ast.Name) and name.id == "fastrtc"
    ]
    # Positions inside f-strings are wrong before Python 3.12, and other names may be in the way.
    sure = "fastrtc" in program.names.imported and HERE not in program.names.imported
    if sure and all(source.text.startswith("fastrtc", use) for use in uses):
        edits = [whole, *(Edit(use, use + len("fastrtc"), HERE) for use in uses)]
        return program.finding(
            node, RULE, f"import {alias.name} becomes import {target}, and so do its uses.", edits
        )
    if inside:
        return program.finding(node, RULE, f"import {alias.name}: import {target} and its names.")
    edits = [Edit(whole.start, whole.end, f"{HERE} as fastrtc")]
    return program.finding(node, RULE, f"import fastrtc becomes import {HERE} as fastrtc.", edits)


def _attribute(program: Program, node: ast.Attribute) -> Iterator[Finding]:
    """Tell of ``fastrtc.utils.x`` and ``module.x`` that are not here."""
    if not isinstance(node.ctx, ast.Load):
        return
    owner = program.names.origin(node.value)
    if owner is None or owner.split(".")[0] not in PACKAGES:
        return
    inside = owner.partition(".")[2]
    here = f"{HERE}.{inside}" if inside else HERE
    is_module = not inside or inside.rsplit(".", 1)[-1].islower()
    known = not program.installed.has(here) or program.installed.has(f"{here}.{node.attr}")
    if is_module and not known:
        yield program.finding(node, RULE, _gone(program, node.attr, owner))


def _by_name(program: Program, call: ast.Call) -> Iterator[Finding]:
    """Tell of modules that are named by a text."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    function = call.func.id if isinstance(call.func, ast.Name) else function
    first = call.args[0] if call.args else None
    if function not in _BY_NAME or not isinstance(first, ast.Constant):
        return
    if not isinstance(first.value, str) or not re.fullmatch(r"fastrtc(\.\w+)*", first.value):
        return
    start, end = program.source.start(first), program.source.end(first)
    if function == "getLogger" and program.source.text[start + 1 : end - 1] == "fastrtc":
        edits = [Edit(start + 1, end - 1, HERE)]
        yield program.finding(call, RULE, f'the logger "fastrtc" is "{HERE}" here.', edits)
    else:
        text = f'"{first.value}" names a module of fastrtc: its place here may be another.'
        yield program.finding(call, RULE, text)


def _gone(program: Program, name: str, module: str) -> str:
    """Return why a published name is not here, in its own words if it has some."""
    inside = module.partition(".")[2]
    remedy = program.installed.remedy(f"{HERE}.{inside}.{name}" if inside else f"{HERE}.{name}")
    return remedy or (
        f"{name} of {module} is not here: it is no part of the published interface, or has "
        'another name. See "What is not here" in the guide "From fastrtc to Gradio 6".'
    )
