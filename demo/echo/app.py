"""Hear and see yourself through Python: the smallest voice and video apps, side by side."""

from __future__ import annotations

from queue import Queue

import gradio as gr
import numpy as np

from gradio_webrtc import StreamHandler, WebRTC


class EchoHandler(StreamHandler):
    """Sends the microphone's sound back."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[tuple[int, np.ndarray]] = Queue()

    def receive(self, frame: tuple[int, np.ndarray]) -> None:
        """Take 20 ms of sound: (sample_rate, int16 array of shape (1, samples))."""
        self.queue.put(frame)

    def emit(self) -> tuple[int, np.ndarray]:
        """Give the next sound to play."""
        return self.queue.get()

    def copy(self) -> EchoHandler:
        """Make the handler of one connection."""
        return EchoHandler()


def filter_picture(image: np.ndarray, effect: str, amount: float) -> np.ndarray:
    """Change one RGB picture of shape (height, width, 3)."""
    if effect == "Flip":
        return image[::-1]
    if effect == "Negative":
        return 255 - image
    if effect == "Warm":
        warm = image.astype(np.float32)
        warm[..., 0] *= 1 + amount
        warm[..., 2] *= 1 - amount
        return warm.clip(0, 255).astype(np.uint8)
    return image


with gr.Blocks(title="Echo") as demo:
    gr.Markdown("# Echo\nYour voice and your picture, through a Python function and back.")
    with gr.Tab("Voice"):
        gr.Markdown("Wear headphones, press the button and speak: you hear yourself.")
        audio = WebRTC(label="Voice", mode="send-receive", modality="audio")
        audio.stream(EchoHandler(), inputs=[audio], outputs=[audio], concurrency_limit=10)
    with gr.Tab("Video"):
        with gr.Row():
            with gr.Column(scale=3):
                video = WebRTC(label="Video", mode="send-receive", modality="video")
            with gr.Column(scale=1):
                effect = gr.Radio(
                    ["None", "Flip", "Negative", "Warm"], value="Warm", label="Effect"
                )
                amount = gr.Slider(0, 1, value=0.4, label="Amount")
        video.stream(
            filter_picture, inputs=[video, effect, amount], outputs=[video], concurrency_limit=10
        )

if __name__ == "__main__":
    demo.launch()
