"""Options whose meaning differs: who may be connected, which frames are kept, the telephone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradio_webrtc.migrate.call_edits import keyword, replace_keyword, takes_more
from gradio_webrtc.migrate.findings import Finding
from gradio_webrtc.migrate.program import Program, elements, method_of


def stream_options(program: Program) -> Iterator[Finding]:
    """Yield options that work and mean something else."""
    for call in program.source.calls:
        name = program.names.ours(call.func)
        method = method_of(call)
        is_event = method is not None and _is_stream_event(program, *method)
        if name == "Stream" or is_event:
            yield from _concurrency_limit(program, call)
        if method is not None and is_event:
            yield from _outputs(program, call, method[0])
        elif name == "VideoStreamHandler":
            yield from _skip_frames(program, call)
        if method is not None and method[1] == "fastphone":
            yield program.finding(
                call,
                "telephone",
                "fastphone() needs a service of somebody else that is not here. Mount the stream, "
                "serve it at an address that Twilio reaches, and point a number at "
                "/telephone/incoming: see the telephone guide.",
            )


def _is_stream_event(program: Program, component: ast.expr, method: str) -> bool:
    made = program.names.maker(component)
    return method == "stream" and made is not None and program.names.ours(made.func) == "WebRTC"


def _concurrency_limit(program: Program, call: ast.Call) -> Iterator[Finding]:
    found = keyword(call, "concurrency_limit")
    if found is None:
        return
    values = [node for node in ast.walk(found.value) if isinstance(node, ast.Constant)]
    if any(value.value is None for value in values):
        yield program.finding(
            found,
            "concurrency-limit",
            "concurrency_limit=None was one connection at a time in fastrtc and is no limit here. "
            "Write 1 to keep one.",
        )


def _outputs(program: Program, call: ast.Call, component: ast.expr) -> Iterator[Finding]:
    """Tell of an output that is another component: fastrtc looked only at how many there are."""
    found = keyword(call, "outputs")
    given = elements(found.value if found is not None else None)
    if found is None or len(given) != 1 or ast.dump(given[0]) == ast.dump(component):
        return
    source = program.source
    name = source.text[source.start(component) : source.end(component)]
    yield program.finding(
        found,
        "stream-outputs",
        "the output of a stream is the component itself; fastrtc did not use what was given. "
        "Other components are filled by on_additional_outputs().",
        replace_keyword(source, found, f"outputs=[{name}]"),
    )


def _skip_frames(program: Program, call: ast.Call) -> Iterator[Finding]:
    if keyword(call, "skip_frames") is None and not takes_more(call) and len(call.args) < 3:
        yield program.finding(
            call,
            "skip-frames",
            "a function that is slower than the camera gets the newest frame; in fastrtc frames "
            "piled up. Where each frame counts, write skip_frames=False; skip_frames=True says "
            "that this is right.",
        )
