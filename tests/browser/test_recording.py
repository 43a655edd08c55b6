"""A session recorded on the server, and its file played in the page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from queue import Queue
from typing import Any

import gradio as gr
import numpy as np

from gradio_webrtc import AsyncAudioVideoStreamHandler, Recording, WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import EchoHandler
from tests.browser.pages import Component
from tests.browser.video_pattern import PATTERN, Quarters
from tests.support.recordings import decode

LOOK = """
async (address) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = address;
  document.body.append(video);
  await new Promise((resolve, reject) => {
    video.onloadedmetadata = resolve;
    video.onerror = () => reject(new Error(video.error.message));
  });
  const duration = video.duration;
  // Seeking is over before the frame is there to be drawn: the frame itself is waited for.
  const middle = new Promise((resolve) => {
    const look = (_, { mediaTime }) =>
      Math.abs(mediaTime - duration / 2) < 0.5 ? resolve() : video.requestVideoFrameCallback(look);
    video.requestVideoFrameCallback(look);
  });
  video.currentTime = duration / 2;
  await middle;
  const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0);
  const [width, height] = [video.videoWidth, video.videoHeight];
  const colour = (x, y) => [...context.getImageData(x * width, y * height, 1, 1).data].slice(0, 3);
  const middles = [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]];
  const quarters = (left) => middles.map(([x, y]) => colour(left + x / 2, y));
  video.currentTime = 0;
  await video.play();
  await new Promise((resolve) => (video.ontimeupdate = () => video.currentTime > 0.5 && resolve()));
  return {
    duration,
    width,
    height,
    person: quarters(0),
    app: quarters(0.5),
    soundBytes: video.webkitAudioDecodedByteCount,
    pictureBytes: video.webkitVideoDecodedByteCount,
  };
}
"""


class Upside(AsyncAudioVideoStreamHandler):
    """Gives back what came, the picture upside down."""

    def __init__(self) -> None:
        super().__init__()
        self.sounds: asyncio.Queue[Any] = asyncio.Queue()
        self.pictures: asyncio.Queue[Any] = asyncio.Queue(1)

    async def receive(self, frame: Any) -> None:
        self.sounds.put_nowait(frame)

    async def emit(self) -> Any:
        return await self.sounds.get()

    async def video_receive(self, frame: Any) -> None:
        if not self.pictures.full():
            self.pictures.put_nowait(frame[::-1])

    async def video_emit(self) -> Any:
        return await self.pictures.get()

    def copy(self) -> Upside:
        return Upside()


def recorded(component: Component, finished: Queue[Path], seconds: float) -> Path:
    """Go on streaming for a while, stop, and return the file."""
    component.page.wait_for_timeout(seconds * 1000)
    component.stop()
    return finished.get(timeout=30)


def address(url: str, path: Path) -> str:
    return f"{url}gradio_api/file={path}"


def test_the_file_of_a_video_call_plays_in_the_page(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    finished: Queue[Path] = Queue()

    async def on_finished(path: Path, webrtc_id: str) -> None:
        finished.put(path)

    gr.set_static_paths([tmp_path])
    with gr.Blocks() as demo:
        call = WebRTC(
            mode="send-receive",
            modality="audio-video",
            record=Recording(tmp_path, on_finished=on_finished),
        )
        call.stream(Upside(), inputs=[call], outputs=[call])
    url = serve(demo)
    component = visit(url).component()
    component.start()
    component.shows(PATTERN.flipped())
    path = recorded(component, finished, 5)
    shown = component.page.evaluate(LOOK, address(url, path))
    assert 3 < shown["duration"] < 30
    assert shown["width"] / shown["height"] > 2
    assert Quarters(*map(tuple, shown["person"])).near(PATTERN)
    assert Quarters(*map(tuple, shown["app"])).near(PATTERN.flipped())
    assert shown["soundBytes"] > 0
    assert shown["pictureBytes"] > 0
    heard = decode(path).sound
    assert np.abs(heard[0]).max() > 1000
    assert np.abs(heard[1]).max() > 1000


def test_the_file_of_a_voice_call_plays_in_an_audio_component(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    """The guide's example: each call appears in a player when it is over."""
    finished: Queue[Path] = Queue()

    def on_finished(path: Path, webrtc_id: str) -> None:
        finished.put(path)

    def newest() -> str | None:
        return str(max(tmp_path.glob("*.webm"), default="")) or None

    gr.set_static_paths([tmp_path])
    with gr.Blocks() as demo:
        voice = WebRTC(
            mode="send-receive",
            modality="audio",
            record=Recording(tmp_path, on_finished=on_finished),
        )
        voice.stream(EchoHandler(), inputs=[voice], outputs=[voice])
        player = gr.Audio(label="The last call")
        gr.Button("Show").click(newest, outputs=player)
    component = visit(serve(demo)).component()
    component.start()
    recorded(component, finished, 4)
    page = component.page
    page.get_by_role("button", name="Show").click()
    duration = page.locator("#duration")
    duration.wait_for()
    component.visit.until(
        lambda: duration.inner_text() not in ("", "0:00"), lambda: duration.inner_text()
    )
    assert duration.inner_text().startswith("0:0")
