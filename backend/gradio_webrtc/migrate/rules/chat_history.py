"""A Chatbot's value as a function gets it: Gradio 6 makes each content a list."""

from __future__ import annotations

from collections.abc import Iterator

from gradio_webrtc.migrate.call_edits import keyword
from gradio_webrtc.migrate.findings import Finding
from gradio_webrtc.migrate.program import Program, elements, method_of


def chat_history(program: Program) -> Iterator[Finding]:
    """Yield Chatbots among the inputs of a stream."""
    for call in program.source.calls:
        method = method_of(call)
        if program.names.ours(call.func) == "Stream":
            given = keyword(call, "additional_inputs")
        elif method is not None and method[1] == "stream":
            given = keyword(call, "inputs")
        else:
            continue
        for element in elements(given.value if given is not None else None):
            made = program.names.maker(element)
            if made is not None and program.names.of_gradio(made.func) == "Chatbot":
                yield program.finding(
                    element,
                    "chat-history",
                    "a function gets the content of a Chatbot's messages as a list of parts, "
                    '[{"type": "text", "text": "..."}], also where it gave a text. Code that '
                    "takes content for a text has to read the parts.",
                )
