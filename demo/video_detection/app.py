"""Finds faces in the live picture and says how sure it is of each."""

from __future__ import annotations

import cv2
import gradio as gr
import numpy as np
from detectors import MODEL, WIDTH, detectors

from gradio_webrtc import WebRTC

FONT = cv2.FONT_HERSHEY_DUPLEX
GREEN, DARK = (40, 220, 130), (10, 40, 25)


def find_faces(image: np.ndarray, confidence: float) -> np.ndarray:
    """Draw a box around each face that is surer than ``confidence``, in an RGB picture."""
    scale = max(1, image.shape[1] / WIDTH)
    small = cv2.resize(image, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    for box, sureness in detectors.detect(small):
        if sureness > confidence:
            left, top, width, height = (box * scale).round().astype(int).tolist()
            cv2.rectangle(image, (left, top), (left + width, top + height), GREEN, 3)
            label, size = f"face {sureness:.0%}", 0.4 * scale
            (across, up), _ = cv2.getTextSize(label, FONT, size, 1)
            cv2.rectangle(image, (left - 1, top - 2 * up), (left + across + up, top), GREEN, -1)
            corner = left + up // 2, top - up // 2
            cv2.putText(image, label, corner, FONT, size, DARK, 1, cv2.LINE_AA)
    return image


with gr.Blocks(title="Face detection") as demo:
    gr.Markdown(
        "# Face detection\nPython finds the faces in your camera's picture. "
        "Move the slider while it runs: a box stays as long as the detector is surer than that."
    )
    with gr.Row():
        with gr.Column(scale=3):
            video = WebRTC(label="Camera", mode="send-receive", modality="video")
        with gr.Column(scale=1):
            confidence = gr.Slider(0, 1, value=0.5, step=0.05, label="Confidence")
            gr.Markdown(f"Detector: {'YuNet' if MODEL else 'Haar cascade'}")
    video.stream(find_faces, inputs=[video, confidence], outputs=[video], concurrency_limit=4)

if __name__ == "__main__":
    demo.launch()
