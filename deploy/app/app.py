"""An app to deploy: it greets, and says back what it heard. Put yours in its place."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import gradio as gr
import numpy as np
from fastapi import FastAPI

from gradio_webrtc import (
    AdditionalOutputs,
    ReplyOnPause,
    Stream,
    get_coturn_credentials,
    get_stt_model,
    get_tts_model,
)

# Of a coturn of your own: "turn:turn.example.org:3478,turn:turn.example.org:3478?transport=tcp".
# Its secret is COTURN_STATIC_AUTH_SECRET. Without it, "auto" takes a provider whose keys are there.
TURN_URLS = [url for url in os.environ.get("TURN_URLS", "").split(",") if url]


def greet() -> Iterator[tuple[int, np.ndarray]]:
    """Speak first."""
    yield from get_tts_model().stream_tts_sync("Hello. Say something.")


def reply(audio: tuple[int, np.ndarray]) -> Iterator[object]:
    """Answer what was said: (sample_rate, int16 array of shape (1, samples))."""
    words = get_stt_model().stt(audio)
    yield AdditionalOutputs(words)
    yield from get_tts_model().stream_tts_sync(f"You said: {words}")


stream = Stream(
    ReplyOnPause(reply, startup_fn=greet),
    modality="audio",
    mode="send-receive",
    additional_outputs=[gr.Textbox(label="You said")],
    additional_outputs_handler=lambda _, words: words,
    rtc_configuration=(lambda: get_coturn_credentials(TURN_URLS)) if TURN_URLS else "auto",
    concurrency_limit=int(os.environ.get("CONCURRENCY_LIMIT", "10")),
    time_limit=600,
    ui_args={"title": "Say it back"},
)

app = FastAPI()
stream.mount(app, metrics=True)  # /webrtc/offer, /webrtc/health, /webrtc/metrics


@app.get("/alive")
def alive() -> str:
    """Answer, also when nobody new is let in; whoever does not get this may start it anew."""
    return "yes"


app = gr.mount_gradio_app(app, stream.ui, path="/")

# For drain.py: let nobody new in, keep who is here.
signal.signal(signal.SIGUSR1, lambda *_: stream.drain())
