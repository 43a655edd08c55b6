"""Finds faces in the live picture and says how sure it is of each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from math import exp

import cv2
import gradio as gr
import numpy as np

from gradio_webrtc import WebRTC

MODEL = os.environ.get("DETECTOR_MODEL")
WIDTH = 480  # a detector needs no more pixels than this across, and is quick with so few
GREEN, DARK = (40, 220, 130), (10, 40, 25)

Face = tuple[np.ndarray, float]
"""The box as (left, top, width, height) in pixels, and the confidence from 0 to 1."""


def cascade_detector() -> Callable[[np.ndarray], list[Face]]:
    """Make a detector of the cascade that comes with OpenCV (Viola and Jones, 2001)."""
    cascade = cv2.CascadeClassifier(cv2.data.haarcascades + "haarcascade_frontalface_default.xml")

    def detect(image: np.ndarray) -> list[Face]:
        grey = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
        boxes, _, margins = cascade.detectMultiScale3(
            grey, minNeighbors=3, minSize=(40, 40), outputRejectLevels=True
        )
        # How far above its threshold the last stage was, some 0 to 12, as a value below 1.
        return [(box, 1 - exp(-margin / 5)) for box, margin in zip(boxes, margins, strict=True)]

    return detect


def yunet_detector(path: str) -> Callable[[np.ndarray], list[Face]]:
    """Make a detector of a YuNet model file: sees faces from the side and in bad light too."""
    net = cv2.FaceDetectorYN.create(path, "", (WIDTH, WIDTH), score_threshold=0.05)

    def detect(image: np.ndarray) -> list[Face]:
        net.setInputSize((image.shape[1], image.shape[0]))
        _, faces = net.detect(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        return [] if faces is None else [(face[:4], float(face[-1])) for face in faces]

    return detect


class Detectors(threading.local):
    """One detector for each connection: OpenCV's must not be shared between threads."""

    def __init__(self) -> None:
        self.detect = yunet_detector(MODEL) if MODEL else cascade_detector()


detectors = Detectors()


def find_faces(image: np.ndarray, confidence: float) -> np.ndarray:
    """Draw a box around each face that is surer than ``confidence``, in an RGB picture."""
    scale = max(1, image.shape[1] / WIDTH)
    small = cv2.resize(image, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    for box, sureness in detectors.detect(small):
        if sureness > confidence:
            left, top, width, height = (box * scale).round().astype(int).tolist()
            cv2.rectangle(image, (left, top), (left + width, top + height), GREEN, 3)
            cv2.rectangle(image, (left - 1, top - 26), (left + 112, top), GREEN, cv2.FILLED)
            label = f"face {sureness:.0%}"
            cv2.putText(
                image,
                label,
                (left + 6, top - 7),
                cv2.FONT_HERSHEY_DUPLEX,
                0.6,
                DARK,
                1,
                cv2.LINE_AA,
            )
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
