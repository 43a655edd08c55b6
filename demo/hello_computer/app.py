"""A computer that sleeps until you call it: say "computer", and what you want to know."""

from __future__ import annotations

import html
from collections.abc import Iterator

import gradio as gr
import numpy as np
from machine import answer

from gradio_webrtc import AdditionalOutputs, ReplyOnStopWords, WebRTC, get_stt_model, get_tts_model

HELLO = "Hello! I am asleep until you say: computer."


def hello() -> Iterator[object]:
    """Say hello when somebody connects."""
    yield AdditionalOutputs("asleep", "", HELLO)
    yield from get_tts_model().stream_tts_sync(HELLO)


def reply(audio: tuple[int, np.ndarray]) -> Iterator[object]:
    """Answer what was said after "computer": (sample_rate, int16 array of shape (1, samples))."""
    yield AdditionalOutputs("awake", "", "")
    question = get_stt_model().stt(audio)
    said = answer(question)
    yield AdditionalOutputs("awake", question, said)
    yield from get_tts_model().stream_tts_sync(said)
    yield AdditionalOutputs("asleep", question, said)


def screen(state: str, question: str, said: str) -> str:
    """Draw the computer: its eyes are open when it is awake."""
    eyes = "&#9679; &#9679;" if state == "awake" else "&ndash; &ndash;"
    asked = f"&gt; {html.escape(question)}" if question else "&gt; _"
    return (
        f"<div class='machine' data-machine='{state}' role='status'>"
        f"<div class='eyes' aria-label='{state}'>{eyes}</div>"
        f"<div class='asked'>{asked}</div><div class='said'>{html.escape(said)}</div></div>"
    )


STYLE = """<style>
.machine {
  max-width: 460px; min-height: 220px; margin: 0 auto; padding: 20px; box-sizing: border-box;
  border-radius: 14px; border: 10px solid #b8ad94; background: #10231a; color: #7dffa8;
  font-family: var(--font-mono); text-align: left;
}
.machine, .machine * { color: #7dffa8 !important; }
.machine .eyes { font-size: 40px; text-align: center; letter-spacing: 12px; }
.machine[data-machine=asleep] .eyes { opacity: 0.6; }
.machine .asked { opacity: 0.75; min-height: 1.6em; }
</style>"""

with gr.Blocks(title="Hello computer") as demo:
    gr.Markdown(
        "# Hello computer\nPress Start. It sleeps until you say **computer**: "
        "*computer, what time is it? Computer, tell me a joke. Computer, flip a coin.*"
    )
    with gr.Row():
        with gr.Column(scale=3, min_width=280):
            gr.HTML(STYLE)
            machine = gr.HTML(screen("asleep", "", ""))
        with gr.Column(scale=2, min_width=280):
            audio = WebRTC(label="Call it", mode="send-receive", modality="audio")
    audio.stream(
        ReplyOnStopWords(reply, ["computer"], startup_fn=hello, speculative=True),
        inputs=[audio],
        outputs=[audio],
        concurrency_limit=10,
    )
    audio.on_additional_outputs(
        screen, outputs=[machine], show_progress="hidden", concurrency_limit=10, queue=False
    )

if __name__ == "__main__":
    demo.launch()
