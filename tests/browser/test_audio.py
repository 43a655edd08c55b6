"""Sound through a stream handler and back, judged by what the page plays."""

from __future__ import annotations

import asyncio
from queue import Queue

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import AsyncStreamHandler, StreamHandler, WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.spoken_audio import envelope, likeness, speak

RAW = {"echoCancellation": False, "noiseSuppression": False, "autoGainControl": False}
"""Chromium's own processing takes away what is not speech, and changes how loud it is."""

AudioFrame = tuple[int, np.ndarray]


def guide_app() -> gr.Blocks:
    """Return the echo app of the user guide, word for word, with the imports it leaves out."""

    class EchoHandler(StreamHandler):
        def __init__(self) -> None:
            super().__init__()
            self.queue = Queue()

        def receive(self, frame: tuple[int, np.ndarray]) -> None:  # (1)
            self.queue.put(frame)

        def emit(self) -> None:  # (2)
            return self.queue.get()

        def copy(self) -> StreamHandler:
            return EchoHandler()

    with gr.Blocks() as demo:  # noqa: SIM117 - word for word
        with gr.Column():
            with gr.Group():
                audio = WebRTC(
                    mode="send-receive",
                    modality="audio",
                )
                audio.stream(fn=EchoHandler(), inputs=[audio], outputs=[audio], time_limit=15)

    return demo


class Quieter(StreamHandler):
    """Gives back a quarter of the loudness, as float32 at another rate's chunk length."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: Queue[AudioFrame] = Queue()

    def receive(self, frame: AudioFrame) -> None:
        rate, samples = frame
        self.queue.put((rate, samples.astype(np.float32) / 32768 / 4))

    def emit(self) -> AudioFrame:
        return self.queue.get()

    def copy(self) -> Quieter:
        return Quieter()


class AsyncEcho(AsyncStreamHandler):
    """The same as the guide's, with coroutines."""

    def __init__(self) -> None:
        super().__init__()
        self.queue: asyncio.Queue[AudioFrame] = asyncio.Queue()

    async def receive(self, frame: AudioFrame) -> None:
        self.queue.put_nowait(frame)

    async def emit(self) -> AudioFrame:
        return await self.queue.get()

    def copy(self) -> AsyncEcho:
        return AsyncEcho()


class Tone(StreamHandler):
    """Emits 440 Hz at 24 kHz in chunks of 100 ms, for ever."""

    def __init__(self) -> None:
        super().__init__(output_sample_rate=24_000)
        self.played = 0

    def receive(self, frame: AudioFrame) -> None:
        pass

    def emit(self) -> AudioFrame:
        time = (self.played + np.arange(2400)) / 24_000
        self.played += 2400
        return 24_000, (8000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16).reshape(1, -1)

    def copy(self) -> Tone:
        return Tone()


def app_of(handler: StreamHandler | AsyncStreamHandler) -> gr.Blocks:
    with gr.Blocks() as demo:
        audio = WebRTC(label="Voice", modality="audio", track_constraints=RAW)
        audio.stream(handler, inputs=[audio], outputs=[audio])
    return demo


def spoken() -> np.ndarray:
    return envelope(speak())


def heard_envelope(component: Component, seconds: float = 10.0) -> np.ndarray:
    """Return the envelope of what is played, from its first sound on."""
    component.visit.until(component.hears, "any sound")
    return component.record(seconds).envelope()


def test_only_the_spoken_file_is_like_itself() -> None:
    # Else the likeness that the tests below ask for would show nothing.
    shape = spoken()
    noise = np.random.default_rng(1).random(300)
    hurried = np.interp(np.arange(0, shape.size, 1.25), np.arange(shape.size), shape)
    assert likeness(np.roll(np.tile(shape, 2), 40)[:300], shape) > 0.99
    assert likeness(noise, shape) < 0.5
    assert likeness(np.tile(hurried, 2)[:300], shape) < 0.7


def test_the_guides_echo_gives_the_spoken_words_back(serve: Serve, visit: Open) -> None:
    component = visit(serve(guide_app())).component()
    component.start()
    # A busy machine loses moments of it; what is wrong by its nature is never alike.
    component.visit.until(
        lambda: likeness(heard_envelope(component), spoken()) > 0.8, "the spoken words"
    )
    component.stop()


@pytest.mark.serial  # a browser that gets no processor time plays with gaps
@pytest.mark.parametrize("handler", [AsyncEcho(), Quieter()], ids=lambda each: type(each).__name__)
def test_sound_comes_back_through_the_handler(
    serve: Serve, visit: Open, handler: StreamHandler | AsyncStreamHandler
) -> None:
    component = visit(serve(app_of(handler))).component()
    component.start()
    heard = heard_envelope(component)
    assert likeness(heard, spoken()) > 0.9
    # The loudest moments say how much was kept: everything, or what this handler leaves.
    kept = np.quantile(heard, 0.9) / np.quantile(spoken(), 0.9)
    assert kept == pytest.approx(0.25 if isinstance(handler, Quieter) else 1.0, rel=0.3)


def test_an_emitted_tone_is_heard_as_that_tone(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of(Tone()))).component()
    component.start()
    heard: list[tuple[float, float]] = []

    def is_the_tone() -> bool:
        sound = component.record(1.0)
        heard.append((sound.share_of(440), sound.loudness()))
        share, loudness = heard[-1]
        return share > 0.99 and loudness == pytest.approx(8000 / 32768 / np.sqrt(2), rel=0.1)

    # A busy machine may be late now and then, but not all the time.
    component.visit.until(is_the_tone, lambda: f"the tone; share and loudness were {heard}")
