"""The detectors of the face detection demo, on drawn pictures.

The tests are ``async`` for Gradio's sake: outside an event loop, an app makes one and leaves it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import demos
from tests.support.drawn_face import Picture, draw_face
from tests.support.tiny_yunet import write_model


def cascade() -> Callable[[Picture], list[Any]]:
    demos.load("video_detection")
    detector: Callable[[Picture], list[Any]] = sys.modules["detectors"].cascade_detector()
    return detector


async def test_the_cascade_finds_a_face_and_is_surer_of_a_clear_one() -> None:
    detect = cascade()
    clear = draw_face(300, 220, 105)
    [(box, sureness)] = detect(clear)
    left, top, width, height = box
    assert left < 300 < left + width
    assert top < 220 < top + height
    noise = np.random.default_rng(3).normal(0, 40, clear.shape)
    [(_, unsure)] = detect((clear + noise).clip(0, 255).astype(np.uint8))
    assert 0 < unsure < sureness < 1


async def test_the_cascade_finds_nothing_on_a_wall() -> None:
    detect = cascade()
    assert detect(np.full((360, 480, 3), 150, np.uint8)) == []


async def test_the_authors_model_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    write_model(path, 320, 224)
    monkeypatch.setenv("DETECTOR_MODEL", str(path))
    demo = demos.load("video_detection")

    picture = np.full((224, 320, 3), 90, np.uint8)
    assert (demo.find_faces(picture.copy(), 0.1) == picture).all()
    picture[96:128, 160:192] = (255, 0, 0)
    assert (demo.find_faces(picture.copy(), 0.95) == picture).all()

    drawn = demo.find_faces(picture.copy(), 0.85)
    rows, columns = np.nonzero((drawn != picture).any(axis=2))
    # The model's box is e cells of 32 pixels wide, 87, and has its middle at (192, 128).
    left, right = columns[rows > 100].min(), columns[rows > 100].max()
    assert left == pytest.approx(192 - 43, abs=3)
    assert right == pytest.approx(192 + 43, abs=3)
    assert rows.max() == pytest.approx(128 + 43, abs=3)
