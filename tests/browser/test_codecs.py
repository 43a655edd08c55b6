"""The author's codec and bitrates hold in both directions, by what Chromium itself measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import EchoHandler
from tests.browser.pages import Component
from tests.browser.pictures import Picture
from tests.support.chromium import FLAGS

LOW, HIGH = 300_000, 4_000_000
SETTLE_SECONDS = 8.0
"""Encoders begin high or low and come to their rate within this time."""

COUNT = """
async (kind) => {
  const report = await probe.peers.at(-1).getStats();
  const all = [...report.values()];
  const of = (type) => all.find((each) => each.type === type && each.kind === kind);
  const [sent, received] = [of("outbound-rtp"), of("inbound-rtp")];
  const name = (stream) => report.get(stream?.codecId)?.mimeType;
  return {
    at: sent.timestamp,
    bytes: [sent.bytesSent, received.bytesReceived],
    codecs: [name(sent), name(received)],
  };
}
"""


def noise(width: int = 640, height: int = 480, count: int = 15) -> list[Picture]:
    """Return pictures of coarse and fine noise, each new in every block.

    Few bits keep the coarse part; the fine one takes as many as there are.
    """
    random = np.random.default_rng(1)
    coarse = random.integers(40, 216, (count, height // 16, width // 16, 3), np.uint8)
    fine = random.integers(-40, 40, (count, height, width, 1), np.int16)
    return list((coarse.repeat(16, axis=1).repeat(16, axis=2) + fine).astype(np.uint8))


@pytest.fixture(scope="module")
def noisy_camera(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Flags of a camera that sees noise, 640x480 at 15 frames a second."""
    path: Path = tmp_path_factory.mktemp("noise") / "noise.y4m"
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F15:1 Ip A1:1 C420jpeg\n")
        for picture in noise():
            planes = (picture[..., 0], picture[::2, ::2, 1], picture[::2, ::2, 2])
            file.write(b"FRAME\n" + b"".join(plane.tobytes() for plane in planes))
    return (*FLAGS, f"--use-file-for-fake-video-capture={path}")


def restless() -> Callable[[Picture], Picture]:
    """Return a function that answers every picture with the next one of noise."""
    pictures, turn = noise(), 0

    def answer(image: Picture) -> Picture:
        nonlocal turn
        turn += 1
        return pictures[turn % len(pictures)]

    return answer


def app_of(fn: Any, modality: str = "video", **options: Any) -> gr.Blocks:
    with gr.Blocks() as demo:
        component = WebRTC(label="Stream", modality=modality, **options)
        component.stream(fn, inputs=[component], outputs=[component])
    return demo


def codecs(component: Component) -> list[str]:
    names: list[str] = component.page.evaluate(COUNT, "video")["codecs"]
    return names


def rates(component: Component, kind: str = "video", seconds: float = 6.0) -> list[float]:
    """Return bits per second sent and received from now on."""
    before = component.page.evaluate(COUNT, kind)
    component.page.wait_for_timeout(seconds * 1000)
    after = component.page.evaluate(COUNT, kind)
    passed = (after["at"] - before["at"]) / 1000
    pairs = zip(before["bytes"], after["bytes"], strict=True)
    return [(end - start) * 8 / passed for start, end in pairs]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_the_codec_is_the_authors_both_ways(serve: Serve, visit: Open, codec: str) -> None:
    component = visit(serve(app_of(lambda image: image, video_codec=codec))).component()
    component.start()
    component.visit.until(lambda: component.frames() > 5, "pictures")
    assert codecs(component) == [f"video/{codec}"] * 2


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_bitrates_are_bounded_and_raised_both_ways(
    serve: Serve, visit: Open, noisy_camera: tuple[str, ...], codec: str
) -> None:
    measured = {}
    for limit in (LOW, HIGH):
        app = app_of(restless(), video_codec=codec, max_bitrate=limit)
        component = visit(serve(app), flags=noisy_camera).component()
        component.start()
        component.visit.until(lambda: component.frames() > 5, "pictures")
        component.page.wait_for_timeout(SETTLE_SECONDS * 1000)
        measured[limit] = rates(component)
        print(codec, limit, measured[limit])
        component.stop()
    assert max(measured[LOW]) < LOW * 1.25
    assert max(measured[HIGH]) < HIGH * 1.25
    assert min(measured[HIGH]) > 4 * LOW


def test_sound_keeps_to_its_bitrate_both_ways(serve: Serve, visit: Open) -> None:
    measured = {}
    for limit in (16_000, 96_000):
        app = app_of(EchoHandler(), "audio", max_bitrate={"audio": limit})
        component = visit(serve(app)).component()
        component.start()
        component.visit.until(component.hears, "sound")
        measured[limit] = rates(component, "audio")
        print(limit, measured[limit])
        component.stop()
    assert max(measured[16_000]) < 16_000 * 1.25
    assert min(measured[96_000]) > 2 * 16_000
