"""The picture a component plays, pixel by pixel."""

from __future__ import annotations

import base64

import numpy as np

from tests.browser.pages import Component
from tests.browser.video_pattern import Colour, Picture

DRAW = """(element) => {
  const video = element.matches("video") ? element : element.querySelector("video");
  if (!video || !video.videoWidth) return null;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) {
    text += String.fromCharCode(...data.subarray(at, at + 32768));
  }
  return [canvas.width, canvas.height, btoa(text)];
}"""


def seen(component: Component, testid: str = "webrtc-media") -> Picture | None:
    """Return the RGB picture that is shown now, ``None`` before there is one."""
    drawn = component.part(testid).evaluate(DRAW)
    if drawn is None:
        return None
    width, height, data = drawn
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)
    return pixels[..., :3]


def share(picture: Picture | None, colour: Colour, tolerance: int = 50) -> float:
    """Return which part of the pixels is within ``tolerance`` of ``colour`` in every channel."""
    if picture is None:
        return 0.0
    near = np.abs(picture.astype(np.int16) - np.array(colour, np.int16)).max(axis=2) <= tolerance
    return float(near.mean())
