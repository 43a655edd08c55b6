"""Handlers that say things on the side, and the apps around them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np

from gradio_webrtc import (
    AdditionalOutputs,
    AsyncStreamHandler,
    StreamHandler,
    WebRTC,
)
from tests.browser.handlers import AudioFrame


class Emitter(StreamHandler):
    """Emits ``0, 1, 2, ...``, ``count`` of them at ``rate`` a second, then ``last`` if any.

    Each comes with the time of day at which it was said, in milliseconds.
    """

    def __init__(self, rate: float, count: int, last: Any = None, first: int = 0) -> None:
        super().__init__()
        self.settings = (rate, count, last, first)
        self.rate, self.count, self.last, self.next = rate, count, last, first
        self.end = first + count
        self.began = 0.0

    def receive(self, frame: AudioFrame) -> None:
        pass

    def emit(self) -> Any:
        now = time.monotonic()
        self.began = self.began or now
        if self.next == self.end:
            self.next += 1
            return self.last
        if self.next > self.end:
            time.sleep(0.05)
            return None
        time.sleep(max(0.0, self.began + (self.next - self.settings[3]) / self.rate - now))
        self.next += 1
        return AdditionalOutputs(self.next - 1, time.time() * 1000)

    def copy(self) -> Emitter:
        return Emitter(*self.settings)


class AsyncEmitter(AsyncStreamHandler):
    """The same as ``async def``, each output beside a piece of silence."""

    def __init__(self, rate: float, count: int, last: Any = None) -> None:
        super().__init__()
        self.settings = (rate, count, last)
        self.rate, self.count, self.last = rate, count, last
        self.next = 0

    async def receive(self, frame: AudioFrame) -> None:
        pass

    async def emit(self) -> Any:
        if self.next == self.count:
            self.next += 1
            return self.last
        if self.next > self.count:
            await asyncio.sleep(0.05)
            return None
        await asyncio.sleep(1 / self.rate)
        self.next += 1
        beside = (48_000, np.zeros((1, 480), np.int16))
        return beside, AdditionalOutputs(self.next - 1, time.time() * 1000)

    def copy(self) -> AsyncEmitter:
        return AsyncEmitter(*self.settings)


def output_app(
    handler: Any, listen: Callable[[WebRTC], None], **options: Any
) -> tuple[gr.Blocks, WebRTC]:
    """Return an app that streams ``handler``; ``listen`` adds components and listeners."""
    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", modality="audio")
        audio.stream(handler, [audio], [audio], concurrency_limit=None, **options)
        listen(audio)
    return demo, audio


WATCH = """
window.seen = {};
window.watch = (label) => {
  const area = [...document.querySelectorAll("label")]
    .find((each) => each.textContent.trim().startsWith(label))
    .querySelector("textarea, input");
  window.seen[label] = [];
  const seen = window.seen[label];
  let last = area.value;
  const look = () => {
    if (area.value !== last) { last = area.value; seen.push([Date.now(), last]); }
    window.requestAnimationFrame(look);
  };
  look();
};
"""
"""Notes each value that a textbox shows, with the time of day in milliseconds."""
