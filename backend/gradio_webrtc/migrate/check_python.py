"""One Python file: its findings, and its text with everything that is sure."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from gradio_webrtc.migrate.findings import Finding, OverlappingEditsError, apply_edits
from gradio_webrtc.migrate.imported_names import ImportedNames
from gradio_webrtc.migrate.installed import Installed
from gradio_webrtc.migrate.program import Program
from gradio_webrtc.migrate.python_source import PythonSource, UnreadableSourceError
from gradio_webrtc.migrate.requirements import script_requirements
from gradio_webrtc.migrate.rules.additional_outputs import changed_after, current_inputs
from gradio_webrtc.migrate.rules.chat_history import chat_history
from gradio_webrtc.migrate.rules.frame_format import frame_format
from gradio_webrtc.migrate.rules.gradio_six import gradio_six
from gradio_webrtc.migrate.rules.imports import imports
from gradio_webrtc.migrate.rules.stream_options import stream_options

RULES: tuple[Callable[[Program], Iterator[Finding]], ...] = (
    imports,
    gradio_six,
    frame_format,
    stream_options,
    current_inputs,
    changed_after,
    chat_history,
)
_CONCERNED = re.compile(r"\b(fastrtc|gradio_webrtc)\b")
_GRADIO = re.compile(r"\bgradio\b")


@dataclass(frozen=True)
class Checked:
    """What was found in one text.

    Attributes:
        findings: by line.
        before: the text as it was.
        after: the text with all that is sure; the same if nothing is.
    """

    findings: tuple[Finding, ...]
    before: str
    after: str


def concerns(text: str) -> bool:
    """Whether a Python file's text has anything of fastrtc, this package or Gradio in it."""
    return bool(_CONCERNED.search(text) or _GRADIO.search(text))


def uses_opencv(text: str) -> bool:
    """Whether a Python file's text imports OpenCV."""
    return re.search(r"^\s*(import|from)\s+cv2\b", text, re.MULTILINE) is not None


def check_python(text: str, installed: Installed, opencv_modules: Iterable[str] = ()) -> Checked:
    """Return what changes in a Python file.

    Args:
        text: the file's text, with its line ends.
        installed: what the packages it will run with have.
        opencv_modules: modules of the same app that import OpenCV, by their last word.

    Raises:
        UnreadableSourceError: the text is not Python that can be read.
    """
    source = PythonSource(text)
    try:
        program = Program(source, ImportedNames(source), installed, frozenset(opencv_modules))
        found = [finding for rule in RULES for finding in rule(program)]
    except RecursionError as error:
        raise UnreadableSourceError("too deeply nested") from error
    found += script_requirements(text, installed)
    kept = {finding for finding in found if not source.reviewed(finding.line)}
    return checked(text, kept, parses=True)


def checked(text: str, found: Iterable[Finding], *, parses: bool = False) -> Checked:
    """Make the edits of ``found``; where they would spoil the text, only tell of them.

    Args:
        text: what they are for.
        found: in any order.
        parses: whether the text is Python and has to stay so.
    """
    findings = tuple(sorted(found))
    try:
        after = apply_edits(text, (edit for finding in findings for edit in finding.edits))
        if parses and after != text:
            ast.parse(after)
    except (OverlappingEditsError, SyntaxError, ValueError):
        findings = tuple(replace(finding, edits=()) for finding in findings)
        after = text
    return Checked(findings, text, after)
