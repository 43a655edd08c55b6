"""Pictures: BGR in fastrtc, though its guides say RGB, and RGB here."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradio_webrtc.migrate.call_edits import add_keyword, keyword, takes_more
from gradio_webrtc.migrate.findings import Finding
from gradio_webrtc.migrate.program import Program

RULE = "frame-format"
_BGR = 'frame_format="bgr24"'


def frame_format(program: Program) -> Iterator[Finding]:
    """Yield the streams with video: with fastrtc and OpenCV around they get what they had."""
    published = program.names.imports_fastrtc  # an app that ran here already may count on RGB
    opencv = "cv2" in program.names.modules or bool(program.names.modules & program.opencv_modules)
    for call in program.source.calls:
        if program.names.ours(call.func) not in ("Stream", "WebRTC"):
            continue
        given = keyword(call, "modality")
        modality = "video" if given is None else _constant(given.value)
        if modality == "audio" or takes_more(call) or keyword(call, "frame_format"):
            continue
        if opencv and published and modality is not None:
            edits = add_keyword(program.source, call, _BGR)
            text = f"frames were BGR and are RGB; OpenCV wants BGR: {_BGR}."
            yield program.finding(call, RULE, text, edits)
        else:
            yield program.finding(
                call,
                RULE,
                f"frames were BGR and are RGB. Code that counts on BGR needs {_BGR}; "
                'frame_format="rgb24" says that RGB is right, and then nothing is said here.',
            )


def _constant(expression: ast.expr) -> str | None:
    value = expression.value if isinstance(expression, ast.Constant) else None
    return value if isinstance(value, str) else None
