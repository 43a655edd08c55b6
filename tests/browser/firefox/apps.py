"""What is streamed through in Firefox, whose fake devices are a tone and a changing colour."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Queue

import gradio as gr
import numpy as np

from gradio_webrtc import AdditionalOutputs, ReplyOnPause, StreamHandler, WebRTC, WebRTCData
from tests.browser.video_pattern import Picture, pattern

RATE = 48_000
REPLY_HZ = 440
"""What the apps' own voice hums at; the microphone hears something else."""
LAST_HZ = 720
"""The end of a tune."""

Audio = tuple[int, np.ndarray]


class CountingEcho(StreamHandler):
    """Gives back what it hears, and tells how many frames that were, each half second."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[Audio | AdditionalOutputs] = Queue()
        self.frames = 0

    def receive(self, frame: Audio) -> None:
        self.frames += 1
        self.queue.put(frame)
        if self.frames % 25 == 0:
            self.queue.put(AdditionalOutputs(self.frames // 25))

    def emit(self) -> Audio | AdditionalOutputs:
        return self.queue.get()

    def copy(self) -> CountingEcho:
        return CountingEcho()


def counting_echo_app() -> tuple[gr.Blocks, WebRTC]:
    """Return an echo whose additional outputs are listed under "Counted", and its component."""
    with gr.Blocks() as demo:
        counted = gr.Textbox(label="Counted")
        audio = WebRTC(label="Voice", modality="audio")
        audio.stream(CountingEcho(), inputs=[audio], outputs=[audio])
        audio.on_additional_outputs(
            lambda shown, number: f"{shown} {number}".strip(), inputs=[counted], outputs=[counted],
            queue=False, show_progress="hidden",
        )  # fmt: skip
    return demo, audio


def hum(seconds: float = 60.0, pitch: float = REPLY_HZ) -> Iterator[Audio]:
    """Hum in pieces of 100 ms."""
    for number in range(round(seconds * 10)):
        at = (number * RATE // 10 + np.arange(RATE // 10)) / RATE
        yield RATE, (9000 * np.sin(2 * np.pi * pitch * at)).astype(np.int16)


def conversation_app(*, push_to_talk: bool = False) -> gr.Blocks:
    """Return an app that answers who pauses or lets go, for longer than anybody listens."""

    def answer(_: Audio) -> Iterator[Audio]:
        return hum()

    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", modality="audio", push_to_talk=push_to_talk)
        audio.stream(ReplyOnPause(answer), inputs=[audio], outputs=[audio])
    return demo


def with_pattern(image: Picture) -> Picture:
    """Cover the upper half with that of the test pattern; below is what the camera sees."""
    height, width = image.shape[:2]
    return np.concatenate([pattern(width, height)[: height // 2], image[height // 2 :]])


def video_app() -> gr.Blocks:
    """Return an app that gives the camera's picture back in its own size."""
    with gr.Blocks() as demo:
        video = WebRTC(
            label="Stream", modality="video", show_statistics=True,
            buttons=["snapshot", "recording"], video_sources=["camera", "screen"],
        )  # fmt: skip
        video.stream(with_pattern, inputs=[video], outputs=[video])
    return demo


def tune() -> Iterator[Audio]:
    """Hum for three seconds, and for the fourth one higher."""
    yield from hum(3.0)
    yield from hum(1.0, LAST_HZ)


def receive_app() -> gr.Blocks:
    """Return an app that plays a tune when its button is pressed."""
    with gr.Blocks() as demo:
        button = gr.Button("Play")
        audio = WebRTC(label="Voice", mode="receive", modality="audio")
        audio.stream(tune, outputs=[audio], trigger=button.click)
    return demo


class Beeper(StreamHandler):
    """Hums for a second at each text."""

    def __init__(self) -> None:
        super().__init__(output_sample_rate=RATE)
        self.queue: Queue[Audio] = Queue()

    def receive(self, frame: Audio) -> None:
        pass

    def emit(self) -> Audio:
        return self.queue.get()

    def trigger_response(self) -> None:
        for piece in hum(1.0):
            self.queue.put(piece)

    def copy(self) -> Beeper:
        return Beeper()


def composer_app() -> gr.Blocks:
    """Return an app with a field to type in, which lists what was sent under "Said"."""
    with gr.Blocks() as demo:
        said = gr.Textbox(label="Said")
        voice = WebRTC(label="Chat", modality="audio", variant="textbox")
        voice.stream(Beeper(), inputs=[voice], outputs=[voice])

        def note(data: WebRTCData) -> str:
            return data.textbox

        voice.submit(note, [voice], [said])  # type: ignore[attr-defined]
    return demo
