"""Moving pictures from the server: computed by Python as you watch, or out of a file."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import numpy as np
from scenes import FPS, SCENES

from gradio_webrtc import WebRTC, WebRTCError
from gradio_webrtc.media import file_source


def compute(scene: str, speed: float, seconds: float) -> Iterator[np.ndarray]:
    """Yield RGB pictures of shape (360, 640, 3) for some seconds."""
    pictures = SCENES[scene](speed)
    for _ in range(round(seconds * FPS)):
        yield next(pictures)


def play(path: str | None) -> Iterator[object]:
    """Play a file of any length, decoded as it is shown."""
    if path is None:
        raise WebRTCError("Choose a file first.")
    yield from file_source(path)


with gr.Blocks(title="Video from the server") as demo:
    gr.Markdown(
        "# Video from the server\nNo camera: Python makes the pictures, the page shows them."
    )
    with gr.Tab("Computed"), gr.Row():
        with gr.Column(scale=1):
            scene = gr.Radio(list(SCENES), value="Game of Life", label="Scene")
            speed = gr.Slider(1, 30, value=10, step=1, label="Speed")
            seconds = gr.Slider(1, 120, value=60, step=1, label="Seconds")
            start = gr.Button("Play", variant="primary")
        with gr.Column(scale=2):
            computed = WebRTC(label="Computed", mode="receive", modality="video")
    with gr.Tab("From a file"), gr.Row():
        with gr.Column(scale=1):
            file = gr.File(label="A film", file_types=["video", "audio"], type="filepath")
            start_file = gr.Button("Play the file", variant="primary")
        with gr.Column(scale=2):
            film = WebRTC(label="Film", mode="receive", modality="audio-video")
    computed.stream(
        compute,
        inputs=[scene, speed, seconds],
        outputs=[computed],
        trigger=start.click,
        concurrency_limit=4,
    )
    film.stream(play, inputs=[file], outputs=[film], trigger=start_file.click, concurrency_limit=4)

if __name__ == "__main__":
    demo.launch()
