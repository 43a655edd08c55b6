"""Two ways to find faces in a picture."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from math import exp

import cv2
import numpy as np

MODEL = os.environ.get("DETECTOR_MODEL")
WIDTH = 480  # a detector needs no more pixels than this across, and is quick with so few

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
