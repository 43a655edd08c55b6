"""Pages of Gradio with one component, for what is measured in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import numpy as np

from bench.servers.replying import tone
from gradio_webrtc import AsyncStreamHandler, WebRTC
from tests.browser import audio_video_sync

GREETING_SECONDS = 600.0
PIECES = 6
"""Pictures with each piece of sound of the film."""


class Greeter(AsyncStreamHandler):
    """Says a tone from the first moment on."""

    def __init__(self) -> None:
        super().__init__()
        self._sound = tone(GREETING_SECONDS)

    def copy(self) -> Greeter:
        """Return a fresh one."""
        return Greeter()

    async def receive(self, frame: Any) -> None:
        """Ignore it."""

    async def emit(self) -> tuple[int, np.ndarray] | None:
        """Return the next piece."""
        return next(self._sound, None)


def film() -> Iterator[Any]:
    """Yield flashes and beeps that begin together, once a second."""
    number = 0
    while True:
        start = number / audio_video_sync.FPS
        yield audio_video_sync.chunk(start, PIECES / audio_video_sync.FPS)
        for _ in range(PIECES):
            yield audio_video_sync.picture(number / audio_video_sync.FPS)
            number += 1


def _greeting() -> gr.Blocks:
    page = gr.Blocks()
    with page:
        audio = WebRTC(modality="audio")
        audio.stream(Greeter(), inputs=[audio], outputs=[audio], concurrency_limit=None)
    return page


def _echo() -> gr.Blocks:
    page = gr.Blocks()
    with page:
        video = WebRTC(modality="video")
        video.stream(lambda image: image, inputs=[video], outputs=[video], concurrency_limit=None)
    return page


def _film() -> gr.Blocks:
    page = gr.Blocks()
    with page:
        both = WebRTC(mode="receive", modality="audio-video")
        play = gr.Button("Play")
        both.stream(film, inputs=[], outputs=[both], trigger=play.click)
    return page


PAGES: dict[str, Callable[[], gr.Blocks]] = {
    "page-audio": _greeting,
    "page-video": _echo,
    "page-film": _film,
}
