"""A Magic 8 Ball to talk to: ask it aloud, it shakes, shows its answer and says it."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import numpy as np
from ball import STYLE, draw
from oracle import ABOUT, TOKEN, Oracle

from gradio_webrtc import (
    AdditionalOutputs,
    ReplyOnPause,
    SpeculationOptions,
    WebRTC,
    get_tts_model,
)

oracle = Oracle()


def reply(audio: tuple[int, np.ndarray]) -> Iterator[object]:
    """Answer one spoken question: (sample_rate, int16 array of shape (1, samples))."""
    yield AdditionalOutputs("thinking", "", "")
    question = oracle.understand(audio)
    yield AdditionalOutputs("thinking", question, "")
    answer = oracle.answer(question)
    yield AdditionalOutputs("answer", question, answer)
    yield from get_tts_model().stream_tts_sync(answer)


with gr.Blocks(title="Magic 8 Ball") as demo:
    gr.HTML(
        f"{STYLE}<h1 style='text-align: center'>Magic 8 Ball</h1>"
        "<p style='text-align: center'>Ask aloud, and it answers aloud.</p>"
    )
    with gr.Row(equal_height=True):
        with gr.Column(scale=3, min_width=280):
            ball = gr.HTML(draw("eight"))
        with gr.Column(scale=2, min_width=280):
            audio = WebRTC(label="Your question", mode="send-receive", modality="audio")
            gr.Markdown(ABOUT)
    # What is here may be asked for nothing: each pause that is none costs a moment of CPU.
    early = SpeculationOptions(after_ms=128)
    handler = ReplyOnPause(reply, startup_fn=oracle.wake, speculative=TOKEN is None and early)
    audio.stream(handler, inputs=[audio], outputs=[audio], concurrency_limit=10)
    audio.on_additional_outputs(
        draw, outputs=[ball], show_progress="hidden", concurrency_limit=10, queue=False
    )

if __name__ == "__main__":
    demo.launch()
