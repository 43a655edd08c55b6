"""What you say comes back in another voice, in a plain web page without Gradio."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import gradio as gr
import numpy as np
import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, Field

from gradio_webrtc import AdditionalOutputs, ReplyOnPause, Stream

PAGE = Path(__file__).with_name("index.html")
HIGHER = 1.4
BARS = 48
"""Bars that draw the sound of an utterance."""


def shape_of(samples: np.ndarray) -> list[float]:
    """Return how loud the sound is from its beginning to its end, 0 to 1."""
    parts = np.array_split(np.abs(samples.astype(np.float32)) / 32768, BARS)
    return [round(float(part.max(initial=0.0)) ** 0.5, 3) for part in parts]


def parrot(
    audio: tuple[int, np.ndarray], higher: float = HIGHER
) -> Iterator[AdditionalOutputs | tuple[int, np.ndarray]]:
    """Say what was heard again, ``higher`` times as high, and draw it."""
    rate, samples = audio
    said = {"seconds": samples.size / rate, "higher": higher, "shape": shape_of(samples[0])}
    yield AdditionalOutputs(json.dumps(said))
    # Samples that are played faster are higher, as on a tape.
    yield round(rate * higher), samples


slider = gr.Slider(0.6, 2.0, HIGHER, step=0.1, label="How high")
stream = Stream(
    ReplyOnPause(parrot),
    modality="audio",
    concurrency_limit=10,
    time_limit=300,
    additional_inputs=[slider],
    ui_args={"title": "Parrot", "subtitle": "The same stream as a page of Gradio's."},
)
app = FastAPI()
stream.mount(app)


class Input(BaseModel):
    """What the page sends when the slider moves, and when it is asked."""

    webrtc_id: str
    higher: float = Field(ge=0.5, le=2.5)


@app.get("/")
def page() -> FileResponse:
    """Serve the page."""
    return FileResponse(PAGE)


@app.post("/input_hook")
def input_hook(values: Input) -> dict[str, str]:
    """Give the handler of one connection its further input."""
    stream.set_input(values.webrtc_id, values.higher)
    return {"status": "ok"}


@app.get("/outputs")
def outputs(webrtc_id: str) -> StreamingResponse:
    """Stream what the handler of one connection says on the side, as server-sent events."""

    async def events() -> AsyncIterator[str]:
        async for output in stream.output_stream(webrtc_id):
            yield f"data: {output.args[0]}\n\n"

    return StreamingResponse(events(), media_type="text/event-stream")


demo = stream.ui
app = gr.mount_gradio_app(app, demo, path="/gradio")

if __name__ == "__main__":
    uvicorn.run(
        app,
        host=os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1"),
        port=int(os.environ.get("GRADIO_SERVER_PORT", "7860")),
    )
