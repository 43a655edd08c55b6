"""Moving pictures from the server: computed by Python as you watch, or out of a file."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import numpy as np

from gradio_webrtc import WebRTC, WebRTCError
from gradio_webrtc.media import file_source

FPS = 30
HEIGHT, WIDTH = 360, 640
CELL = 4  # pixels
RAMP = np.linspace(0, 1, 256)[:, None]
GLOW = (255 * np.clip(RAMP * [3, 3, 2.4] - [0.9, 0.1, -0.15] - (RAMP < 0.02), 0, 1)).astype(
    np.uint8
)
RAINBOW = (127.5 + 127.5 * np.cos(2 * np.pi * (RAMP + [0, 0.33, 0.6]))).astype(np.uint8)


def life(speed: float) -> Iterator[np.ndarray]:
    """Play Conway's Game of Life on a torus, from a random soup; what died glows on."""
    shape = (HEIGHT // CELL, WIDTH // CELL)
    alive = np.random.default_rng().random(shape) < 0.2
    heat = np.zeros(shape)
    while True:
        square = [np.roll(alive, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
        count = np.sum(square, axis=0)  # of the cell and its eight neighbours
        alive = (count == 3) | (alive & (count == 4))
        for _ in range(round(FPS / speed)):
            heat = np.where(alive, 1, heat * 0.93)
            picture = GLOW[(255 * heat).astype(np.uint8)]
            yield picture.repeat(CELL, axis=0).repeat(CELL, axis=1)


def plasma(speed: float) -> Iterator[np.ndarray]:
    """Let waves run through each other and colour their sum."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / 40
    still = 40 * np.sin(x) + 40 * np.sin(y * 1.3) + 60 * np.sin(np.hypot(x - 8, y - 4.5))
    moving = 60 * np.sin((x + 2 * y) * np.pi / 8)
    step = 0
    while True:
        phase = round(step * speed / 4)
        waves = still + np.roll(moving, phase, axis=1) + phase
        yield RAINBOW[waves.astype(np.int16) & 255]
        step += 1


SCENES = {"Game of Life": life, "Plasma": plasma}


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
