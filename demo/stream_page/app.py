"""Say something and hear it from the tape: a ``Stream`` with its own page, and routes beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import gradio as gr
import numpy as np
import uvicorn
from fastapi import FastAPI

from gradio_webrtc import AdditionalOutputs, ReplyOnPause, Stream

Audio = tuple[int, np.ndarray]


def play_back(
    audio: Audio, speed: float = 1.0, backwards: bool = False
) -> Iterator[Audio | AdditionalOutputs]:
    """Play what was said as a tape machine does: faster is higher, slower is lower."""
    rate, samples = audio
    seconds = samples.shape[1] / rate
    direction = ", backwards" if backwards else ""
    yield AdditionalOutputs(f"{seconds:.1f} s at {speed:g} times the speed{direction}")
    yield round(rate * speed), samples[:, ::-1] if backwards else samples


def note(takes: str, take: str) -> str:
    """Put the newest take on top of the list."""
    return f"{len(takes.splitlines()) + 1}. {take}\n{takes}"


stream = Stream(
    ReplyOnPause(play_back, can_interrupt=False),
    modality="audio",
    mode="send-receive",
    concurrency_limit=10,
    additional_inputs=[
        gr.Slider(0.5, 2, 1.25, step=0.05, label="Speed"),
        gr.Checkbox(label="Backwards"),
    ],
    additional_outputs=[gr.Textbox(label="Takes", lines=8, max_lines=8)],
    additional_outputs_handler=note,
    ui_args={
        "title": "Tape machine",
        "subtitle": "Press start and say something. When you pause, it plays.",
        "button_labels": {"start": "Record"},
    },
)
demo = stream.ui


def main() -> None:
    """Serve the page, and beside it ``/rtc/webrtc/offer`` for clients that are not this page."""
    app = FastAPI()
    stream.mount(app, "/rtc")
    app = gr.mount_gradio_app(app, demo, path="/")
    uvicorn.run(app, host="0.0.0.0", port=int(os.environ.get("GRADIO_SERVER_PORT", "7860")))


if __name__ == "__main__":
    main()
