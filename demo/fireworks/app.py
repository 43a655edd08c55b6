"""One show for everybody: computed and encoded once, however many watch it."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import numpy as np
from sky import PLACES, RATE, Sky

from gradio_webrtc import WebRTC


def show(place: str) -> Iterator[tuple[np.ndarray, tuple[int, np.ndarray]]]:
    """Yield RGB pictures of shape (360, 640, 3), each with its 33 ms of sound."""
    sky = Sky(place)
    while True:
        yield sky.picture(), (RATE, sky.sound())
        sky.go_on()


with gr.Blocks(title="Fireworks") as demo:
    gr.Markdown(
        "# Fireworks\nOpen this page in a second window, or send it to somebody: "
        "who watches the same place sees the same rockets at the same moment."
    )
    with gr.Row():
        with gr.Column(scale=1):
            place = gr.Radio(list(PLACES), value="Harbour", label="Place")
            button = gr.Button("Watch", variant="primary")
        with gr.Column(scale=2):
            sky_view = WebRTC(label="Sky", mode="receive", modality="audio-video", shared=True)
    sky_view.stream(show, inputs=[place], outputs=[sky_view], trigger=button.click)

if __name__ == "__main__":
    demo.launch()
