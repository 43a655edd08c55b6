"""Paints the camera's picture pixel by pixel in Python, on as many cores as there are."""

from __future__ import annotations

import os

import gradio as gr
from pixels import pocket_console

from gradio_webrtc import IsolatedProcessPool, WebRTC

CORES = max(2, os.cpu_count() or 2)


def processes() -> IsolatedProcessPool:
    """Make the pool: called with the first picture. It is shut down with the server."""
    return IsolatedProcessPool(CORES)


def note(painters: dict[str, int], process: int, milliseconds: int) -> dict[str, int]:
    """Add who painted a picture, and for how long."""
    return {**(painters or {}), f"process {process}": milliseconds}


with gr.Blocks(title="Pocket console") as demo:
    gr.Markdown(
        "# Pocket console\nEvery pixel of your camera's picture is painted by a loop in Python. "
        f"{CORES} processes do it, and the server is free for others."
    )
    with gr.Row():
        with gr.Column(scale=3):
            video = WebRTC(label="Camera", mode="send-receive", modality="video")
        with gr.Column(scale=1):
            across = gr.Slider(80, 320, value=160, step=16, label="Pixels across")
            painters = gr.JSON(label="Milliseconds a picture", value={})
    video.stream(
        pocket_console,
        inputs=[video, across],
        outputs=[video],
        concurrency_limit=2 * CORES,
        executor=processes,
    )
    video.on_additional_outputs(note, inputs=[painters], outputs=[painters], show_progress="hidden")

if __name__ == "__main__":
    demo.launch()
