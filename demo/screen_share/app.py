"""Looks at your screen with other eyes: as colour-blind people see it, or what moves on it."""

from __future__ import annotations

import cv2
import gradio as gr
import numpy as np
from vision import VISION, see_as, show_changes

from gradio_webrtc import WebRTC


def look(image: np.ndarray, view: str, strength: float) -> np.ndarray:
    """Change one RGB picture of the screen, of shape (height, width, 3)."""
    if view == "What changes":
        return show_changes(image, strength)
    if view in VISION:
        return cv2.addWeighted(see_as(image, VISION[view]), strength, image, 1 - strength, 0)
    return image


with gr.Blocks(title="Other eyes") as demo:
    gr.Markdown(
        "# Other eyes\nShare a window or the screen, and see whether your design works for "
        "people who see other colours, or what moves on it."
    )
    with gr.Row():
        with gr.Column(scale=3):
            video = WebRTC(
                label="Screen",
                mode="send-receive",
                modality="video",
                video_sources=["screen", "camera"],
            )
        with gr.Column(scale=1):
            view = gr.Radio(["As it is", *VISION, "What changes"], value="As it is", label="View")
            strength = gr.Slider(0, 1, value=1, step=0.05, label="Strength")
    video.stream(look, inputs=[video, view, strength], outputs=[video], concurrency_limit=4)

if __name__ == "__main__":
    demo.launch()
