"""Sound and pictures that belong together, timed where they are heard and seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import pytest

from gradio_webrtc import (
    AsyncAudioVideoStreamHandler,
    AudioVideoStreamHandler,
    TimedPicture,
    WebRTC,
)
from gradio_webrtc.handlers.protocol import Mode
from tests.browser import audio_video_sync
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.support.audio_video_echo import AsyncEcho, Echo

LIMIT = 0.08
"""Seconds: less than a person notices in speech (ITU-R BT.1359 puts that at 45 to 125 ms)."""


class Film(AudioVideoStreamHandler):
    """Emits its sound as far ahead as it is let, and its pictures with their times."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks = self.frames = 0

    def copy(self) -> Film:
        return Film()

    def receive(self, frame: Any) -> None:
        raise AssertionError("nothing is received")

    video_receive = receive

    def emit(self) -> Any:
        self.chunks += 1
        return audio_video_sync.chunk((self.chunks - 1) * 0.3, 0.3)

    def video_emit(self) -> Any:
        time = self.frames / audio_video_sync.FPS
        self.frames += 1
        return TimedPicture(audio_video_sync.picture(time), time)


class AsyncFilm(AsyncAudioVideoStreamHandler):
    """The same with coroutines, and an hour's sound would fit into its chunks."""

    def __init__(self) -> None:
        super().__init__()
        self.chunks = self.frames = 0

    def copy(self) -> AsyncFilm:
        return AsyncFilm()

    async def receive(self, frame: Any) -> None:
        raise AssertionError("nothing is received")

    video_receive = receive

    async def emit(self) -> Any:
        self.chunks += 1
        return audio_video_sync.chunk((self.chunks - 1) * 10.0, 10.0)

    async def video_emit(self) -> Any:
        time = self.frames / audio_video_sync.FPS
        self.frames += 1
        return TimedPicture(audio_video_sync.picture(time), time)


def film() -> Iterator[Any]:
    """Yield sound and bare pictures in turn, as fast as it is let."""
    number = 0
    while True:
        start = number / audio_video_sync.FPS
        yield audio_video_sync.chunk(start, 6 / audio_video_sync.FPS)
        for _ in range(6):
            yield audio_video_sync.picture(number / audio_video_sync.FPS)
            number += 1


def app_of(handler: Any, mode: Mode) -> gr.Blocks:
    with gr.Blocks() as demo:
        both = WebRTC(label="Both", mode=mode, modality="audio-video")
        if mode == "receive":
            play = gr.Button("Play")
            both.stream(handler, inputs=[], outputs=[both], trigger=play.click)
        else:
            both.stream(handler, inputs=[both], outputs=[both])
    return demo


def begin(component: Component, mode: Mode) -> None:
    """Press what starts the stream, and wait for the connection."""
    if mode == "receive":
        component.page.get_by_role("button", name="Play", exact=True).click()
        component.reach("connected")
    else:
        component.start()


@pytest.mark.parametrize(
    ("handler", "mode"),
    [
        (Echo, "send-receive"),
        (AsyncEcho, "send-receive"),
        (Film, "receive"),
        (AsyncFilm, "receive"),
        (lambda: film, "receive"),
    ],
    ids=["echo", "async echo", "film", "async film", "generator"],
)
def test_a_flash_is_seen_when_its_beep_is_heard(
    serve: Serve, visit: Open, handler: Callable[[], Any], mode: Mode
) -> None:
    script = audio_video_sync.OWN_SOURCE if mode == "send-receive" else audio_video_sync.SCRIPT
    component = visit(serve(app_of(handler(), mode)), script=script).component()
    begin(component, mode)
    audio_video_sync.in_step(component, LIMIT)
