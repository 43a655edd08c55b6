"""A music box: Python makes the sound, note by note, while the page plays it."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr
import numpy as np
from music import INSTRUMENTS, MELODIES, RATE, TIME

from gradio_webrtc import WebRTC


def play(melody: str, instrument: str, tempo: float) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the music a note at a time, as (sample_rate, float32 samples from -1 to 1)."""
    ringing = np.zeros(TIME.size)
    for pitch in MELODIES[melody]():
        ringing += 0.3 * INSTRUMENTS[instrument](440 * 2 ** ((pitch - 69) / 12))
        length = round(RATE * 60 / tempo)
        yield RATE, ringing[:length].clip(-1, 1).astype(np.float32)
        ringing = np.pad(ringing[length:], (0, length))
    yield RATE, ringing.clip(-1, 1).astype(np.float32)


with gr.Blocks(title="Music box") as demo:
    gr.Markdown(
        "# Music box\nPython computes each note while you hear the one before. "
        "The music ends by itself; press the button again to start anew with other settings."
    )
    with gr.Row():
        with gr.Column():
            melody = gr.Radio(list(MELODIES), value="Canon", label="Melody")
            instrument = gr.Radio(list(INSTRUMENTS), value="Guitar", label="Instrument")
            tempo = gr.Slider(60, 400, value=200, step=10, label="Notes per minute")
            button = gr.Button("Play", variant="primary")
        with gr.Column():
            audio = WebRTC(label="Music", mode="receive", modality="audio")
    audio.stream(
        play,
        inputs=[melody, instrument, tempo],
        outputs=[audio],
        trigger=button.click,
        concurrency_limit=10,
    )

if __name__ == "__main__":
    demo.launch()
