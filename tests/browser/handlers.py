"""What several tests stream through, and what they ask the server about it."""

from __future__ import annotations

import threading
from queue import Queue
from typing import Any

import gradio as gr
import numpy as np

from gradio_webrtc import StreamHandler, WebRTC

AudioFrame = tuple[int, np.ndarray]


class EchoHandler(StreamHandler):
    """The guide's echo: ``emit`` waits in a queue that nobody fills after the end."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[AudioFrame] = Queue()

    def receive(self, frame: AudioFrame) -> None:
        self.queue.put(frame)

    def emit(self) -> AudioFrame:
        return self.queue.get()

    def copy(self) -> EchoHandler:
        return EchoHandler()


def echo_app(**options: Any) -> tuple[gr.Blocks, WebRTC]:
    """Return an app that echoes sound, with ``options`` of ``stream``, and its component."""
    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", mode="send-receive", modality="audio")
        audio.stream(EchoHandler(), inputs=[audio], outputs=[audio], **options)
    return demo, audio


def sessions(component: WebRTC) -> int:
    """Return how many sessions the server has."""
    assert component._host is not None
    return len(component._host.registry)


def handler_threads() -> list[str]:
    """Return the names of the threads that run the echo handler's code."""
    return [thread.name for thread in threading.enumerate() if "EchoHandler" in thread.name]
