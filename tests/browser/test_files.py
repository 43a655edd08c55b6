"""Files that generators and handlers emit, judged by what the page plays."""

from __future__ import annotations

import queue
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import AdditionalOutputs, StreamHandler, WebRTC
from gradio_webrtc.handlers.protocol import Modality
from gradio_webrtc.media import file_source
from tests.browser.conftest import Open, Serve
from tests.browser.pages import Component
from tests.browser.spoken_audio import Recording
from tests.support.encoded_files import encode_audio, encode_video, slices, tone

TONE = 700.0
MP3 = encode_audio(tone(1.0, 44_100, TONE), "mp3", 44_100)
WAV = encode_audio(tone(1.0, 24_000, TONE), "wav", 24_000)


def receiving(fn: Callable[..., Any], modality: Modality) -> gr.Blocks:
    with gr.Blocks() as demo:
        webrtc = WebRTC(mode="receive", modality=modality)
        play = gr.Button("Play")
        webrtc.stream(fn, inputs=None, outputs=[webrtc], trigger=play.click)
    return demo


def silences(heard: Recording) -> list[float]:
    """Return how long each moment between two loud samples is, in seconds."""
    loud = np.flatnonzero(np.abs(heard.samples) > 0.1)
    assert loud.size, "nothing but silence"
    return [float(silence) for silence in np.diff(loud) / heard.rate]


def hears_the_tone(component: Component) -> None:
    """Wait for the tone and listen to it across the seams of some files."""
    component.reach("connected")
    gaps: list[float] = []

    def without_gaps() -> bool:
        heard = component.heard(3.0)
        if heard is None or heard.share_of(TONE) < 0.8:
            return False
        gaps[:] = [silence for silence in silences(heard) if silence > 0.05]
        return not gaps

    # A busy machine may be late now and then. A gap between files would come with each of them,
    # and so would be in all that is heard.
    component.visit.until(without_gaps, lambda: f"the tone without gaps; it has {gaps}")


def sliced_and_whole(path: Path) -> Iterator[Any]:
    while True:
        yield from slices(MP3, [1500])
        yield str(path)


async def sliced_and_whole_async(path: Path) -> AsyncIterator[Any]:
    for value in sliced_and_whole(path):
        yield value


@pytest.mark.parametrize("many", [sliced_and_whole, sliced_and_whole_async])
def test_mp3_bytes_and_wav_paths_play_without_gaps(
    many: Any, serve: Serve, visit: Open, tmp_path: Path
) -> None:
    path = tmp_path / "word.wav"
    path.write_bytes(WAV)
    page = visit(serve(receiving(lambda: many(path), "audio")))
    page.page.get_by_role("button", name="Play").click()
    hears_the_tone(page.component())


class Talker(StreamHandler):
    """Says one file over and over, each with a word beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.words: queue.Queue[Any] = queue.Queue()
        for number in range(20):
            self.words.put((MP3, AdditionalOutputs(f"word {number}")))

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> Any:
        return self.words.get()

    def copy(self) -> StreamHandler:
        return Talker()


def test_a_handler_talks_in_files(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        webrtc = WebRTC(mode="send-receive", modality="audio")
        webrtc.stream(Talker(), inputs=[webrtc], outputs=[webrtc])
    component = visit(serve(demo)).component()
    component.start()
    hears_the_tone(component)
    component.stop()


def test_an_mp4_is_seen_and_heard(serve: Serve, visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    clip = encode_video(2.0, size=(320, 240), samples=tone(2.0, frequency=TONE))
    path.write_bytes(clip)
    page = visit(serve(receiving(lambda: file_source(path, loop=True), "audio-video")))
    page.page.get_by_role("button", name="Play").click()
    component = page.component()
    hears_the_tone(component)
    assert component.size() == (320, 240)
    seen = set()

    def changes() -> bool:
        colours = component.colours()
        if colours is not None:
            seen.add(colours)
        return len(seen) > 5

    page.until(changes, lambda: f"pictures that change; it showed {seen}")
    frames = component.frames()
    page.until(lambda: component.frames() > frames + 30, "a second of pictures")


def test_the_page_says_which_file_is_broken(serve: Serve, visit: Open, tmp_path: Path) -> None:
    path = tmp_path / "notes.mp3"
    path.write_text("These are notes, and no sound at all.")
    page = visit(serve(receiving(lambda: iter([path]), "audio")))
    page.page.get_by_role("button", name="Play").click()
    component = page.component()
    page.until(component.error, "an error")
    error = component.error()
    assert error is not None
    assert "notes.mp3: it is a text, not a sound or video file." in error
