"""What you say, written while you say it."""

from __future__ import annotations

import gradio as gr
import numpy as np
from paper import EMPTY, page

from gradio_webrtc import AdditionalOutputs, AlgoOptions, ReplyOnPause, Transcript, WebRTC


def write(said: Transcript) -> AdditionalOutputs:
    """Take what was said so far: words that stay, words that may change, and whether it is all."""
    return AdditionalOutputs(said.committed, said.tentative, said.final)


def listen_only(audio: tuple[int, np.ndarray]) -> None:
    """Answer nothing."""


def show(
    lines: list[str], committed: str, tentative: str, final: bool
) -> tuple[list[str], str, str]:
    """Return the finished lines, the page with the one that is being said, and all as text."""
    if final:
        lines, committed = [*lines, committed] if committed else lines, ""
    return lines, page(lines, committed, tentative), "\n".join(lines)


with gr.Blocks(title="Live transcript") as demo:
    gr.Markdown("# Live transcript\nPress Start and speak. Grey words may still change.")
    lines = gr.State([])
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            audio = WebRTC(label="Microphone", mode="send", modality="audio")
        with gr.Column(scale=3, min_width=280):
            paper = gr.HTML(EMPTY, padding=False)
            text = gr.Textbox(label="To take away", lines=2, max_lines=2, buttons=["copy"])
    handler = ReplyOnPause(
        listen_only, partial_transcripts=write, algo_options=AlgoOptions(silence_ms=700)
    )
    audio.stream(handler, inputs=[audio], outputs=[audio], concurrency_limit=10)
    audio.on_additional_outputs(
        show,
        inputs=[lines],
        outputs=[lines, paper, text],
        show_progress="hidden",
        concurrency_limit=10,
    )

if __name__ == "__main__":
    demo.launch()
