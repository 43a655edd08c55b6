"""A tuner: what Python hears goes into other components of the page, ten times a second."""

from __future__ import annotations

from queue import Queue

import gradio as gr
import numpy as np
from tuning import HISTORY, RATE, WINDOW, dial, note_of, pitch_and_loudness

from gradio_webrtc import AdditionalOutputs, StreamHandler, WebRTC


class Tuner(StreamHandler):
    """Finds the pitch and the loudness of what one person sings or plays."""

    def __init__(self) -> None:
        super().__init__(input_sample_rate=RATE)
        self.heard = np.zeros(WINDOW, np.int16)
        self.new = 0
        self.results: Queue[AdditionalOutputs] = Queue(maxsize=10)

    def receive(self, frame: tuple[int, np.ndarray]) -> None:
        """Take 20 ms of sound, and judge the last 170 ms ten times a second."""
        samples = frame[1][0]
        self.heard = np.concatenate([self.heard, samples])[-WINDOW:]
        self.new += samples.size
        if self.new >= RATE / 10:
            self.new = 0
            self.results.put(AdditionalOutputs(*pitch_and_loudness(self.heard / 32768)))

    def emit(self) -> AdditionalOutputs:
        """Give the next result; nothing is played."""
        return self.results.get()

    def copy(self) -> Tuner:
        """Make the handler of one connection."""
        return Tuner()


def show(notes: str, levels: list[float], frequency: float, loudness: float) -> tuple:
    """Turn one result into what the page shows; notes and levels are those shown now."""
    levels = [*levels, loudness][-HISTORY:]
    name = note_of(frequency)[0] if frequency else ""
    if not name or notes.split(" ")[-1] == name:
        # Nothing new: leave the text alone, somebody may be typing in it.
        return dial(frequency, levels), gr.skip(), levels
    return dial(frequency, levels), f"{notes} {name}".strip(), levels


with gr.Blocks(title="Tuner") as demo:
    gr.Markdown(
        "# Tuner\nSing, whistle or play. Python finds the note and how true it is, "
        "and pushes it into the components beside the stream."
    )
    levels = gr.State([])
    with gr.Row():
        with gr.Column():
            audio = WebRTC(label="Microphone", mode="send", modality="audio")
        with gr.Column():
            picture = gr.HTML(dial(0, []), label="Note", container=True)
            notes = gr.Textbox(label="Your melody (edit or clear it at any time)", lines=2)
    audio.stream(Tuner(), inputs=[audio], outputs=[audio], concurrency_limit=10)
    audio.on_additional_outputs(
        show,
        inputs=[notes, levels],
        outputs=[picture, notes, levels],
        show_progress="hidden",
        concurrency_limit=10,
    )

if __name__ == "__main__":
    demo.launch()
