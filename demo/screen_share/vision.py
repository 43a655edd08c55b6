"""Pictures as other eyes see them."""

from __future__ import annotations

import threading

import cv2
import numpy as np

# Machado, Oliveira and Fernandes, 2009: what is left of the colours, in linear light.
VISION = {
    "Red-blind (protanopia)": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "Green-blind (deuteranopia)": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "Blue-blind (tritanopia)": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
LIGHT = ((np.arange(256) / 255) ** 2.2 * 4095).round().astype(np.uint16)
SCREEN = ((np.arange(4096) / 4095) ** (1 / 2.2) * 255).round().astype(np.uint8)


class Memory(threading.local):
    """What a connection saw before: each has a thread of its own."""

    background: np.ndarray | None = None
    heat: np.ndarray | None = None


memory = Memory()


def see_as(image: np.ndarray, matrix: list[list[float]]) -> np.ndarray:
    """Show the colours that are left."""
    light = cv2.transform(LIGHT[image], np.array(matrix))
    return SCREEN[light.clip(0, 4095)]


def show_changes(image: np.ndarray, strength: float) -> np.ndarray:
    """Keep the colours of what has just changed, and dim the rest."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 2)
    if memory.background is None or memory.background.shape != grey.shape:
        memory.background, memory.heat = grey.astype(np.float32), np.zeros(grey.shape, np.float32)
    changed = cv2.absdiff(grey.astype(np.float32), memory.background) > 8
    memory.background += 0.3 * (grey - memory.background)
    memory.heat = np.maximum(
        memory.heat * 0.92, cv2.dilate(changed.astype(np.float32), None, iterations=6)
    )
    dim = cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB) * (1 - 0.9 * strength)
    keep = cv2.GaussianBlur(memory.heat, (0, 0), 4)[..., None]
    return (image * keep + dim * (1 - keep)).astype(np.uint8)
