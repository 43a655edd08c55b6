"""An information line that answers telephone calls, and a telephone to call it with."""

from __future__ import annotations

import gradio as gr
from fastapi import FastAPI
from information import InformationLine
from telephone import Audio, Telephone, call_and_ask

from gradio_webrtc import Stream, TelephoneError, WebRTC

PATH = "/telephone/incoming"
KEYS = ("123", "456", "789", "*0#")

stream = Stream(InformationLine(), modality="audio", concurrency_limit=10, time_limit=300)
answering: set[FastAPI] = set()
numbers: list[str] = []


def answer_calls(app: FastAPI) -> None:
    """Let an app answer calls, once."""
    if app not in answering:
        answering.add(app)
        stream.mount(app)


def plug_in(request: gr.Request) -> None:
    """Let the app that serves this page answer calls, and note where it does."""
    answer_calls(request.request.app)
    scope = request.request.scope
    numbers[:] = [f"http://127.0.0.1:{scope['server'][1]}{PATH}"]


async def ask(question: str) -> tuple[Audio, str]:
    """Have somebody call who asks a question."""
    try:
        return await call_and_ask(numbers[0], question)
    except TelephoneError as error:
        raise gr.Error(str(error)) from error


with gr.Blocks(title="Telephone") as demo:
    gr.Markdown(
        "# Telephone\nAn information line that answers calls. Pick up and ask for the time, the "
        "day or a joke, or press 1, 2 or 3; speak into its words, and it listens."
    )
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            phone = WebRTC(label="Telephone", mode="send-receive", modality="audio")
            dialled = gr.Textbox(label="Keys", interactive=False)
            for row in KEYS:
                with gr.Row():
                    for key in row:
                        gr.Button(key, min_width=40).click(
                            lambda keys, key=key: keys + key,
                            inputs=[dialled],
                            outputs=[dialled],
                            show_progress="hidden",
                        )
        with gr.Column(scale=3, min_width=280):
            journal = gr.Textbox(label="The call", lines=8, interactive=False)
            gr.Markdown("No microphone? Somebody else calls and asks:")
            question = gr.Textbox("Tell me a joke.", label="Question")
            call_it = gr.Button("Call it", variant="primary")
            heard = gr.Audio(label="What the caller heard", interactive=False)
    demo.load(plug_in)
    phone.stream(
        Telephone(lambda: numbers[0]),
        inputs=[phone, dialled],
        outputs=[phone],
        concurrency_limit=10,
    )
    phone.on_additional_outputs(lambda text: text, outputs=[journal], show_progress="hidden")
    call_it.click(ask, inputs=[question], outputs=[heard, journal], concurrency_limit=10)

if __name__ == "__main__":
    app, _, _ = demo.launch(prevent_thread_lock=True)
    answer_calls(app)  # from here on Twilio may call
    demo.block_thread()
