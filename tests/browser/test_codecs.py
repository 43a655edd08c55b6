"""The author's codec and bitrates hold in both directions, by what Chromium itself measures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import WebRTC
from gradio_webrtc.handlers.protocol import Modality
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import EchoHandler
from tests.browser.pages import Component
from tests.browser.video_pattern import Picture
from tests.support.chromium import FLAGS

LOW, HIGH = 300_000, 4_000_000
SENT, RECEIVED, BOTH = slice(0, 1), slice(1, 2), slice(0, 2)
STRETCH_SECONDS = 4.2
"""As long as the sentence of the microphone, so that one stretch sounds like another."""

COUNT = """
async (kind) => {
  const report = await probe.peers.at(-1).getStats();
  const all = [...report.values()];
  const of = (type) => all.find((each) => each.type === type && each.kind === kind);
  const [sent, received] = [of("outbound-rtp"), of("inbound-rtp")];
  if (!sent || !received) return null;
  const name = (stream) => report.get(stream?.codecId)?.mimeType;
  return {
    at: sent.timestamp,
    bytes: [sent.bytesSent, received.bytesReceived],
    codecs: [name(sent), name(received)],
  };
}
"""


def noise(width: int = 640, height: int = 480, count: int = 15) -> list[Picture]:
    """Return pictures of fine noise, each new: it takes as many bits as there are."""
    random = np.random.default_rng(1)
    return list(random.integers(104, 152, (count, height, width, 3), np.uint8))


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


def small(image: Picture) -> Picture:
    """Return a picture that costs nothing to send."""
    return np.zeros((120, 160, 3), np.uint8)


def app_of(fn: Any, modality: Modality = "video", **options: Any) -> gr.Blocks:
    with gr.Blocks() as demo:
        component = WebRTC(label="Stream", modality=modality, **options)
        component.stream(fn, inputs=[component], outputs=[component])
    return demo


def codecs(component: Component) -> list[str]:
    names: list[str] = component.page.evaluate(COUNT, "video")["codecs"]
    return names


def come_to(
    component: Component,
    least: float,
    most: float,
    kind: str = "video",
    ways: slice = BOTH,
) -> None:
    """Start, and wait until the bits per second both ways stay between ``least`` and ``most``.

    Encoders begin high or low: two stretches one after the other have to be within the bounds.
    """
    component.start()
    measured: list[list[int]] = []

    def stays() -> bool:
        before = component.page.evaluate(COUNT, kind)
        if before is None:  # nothing has come yet
            return False
        component.page.wait_for_timeout(STRETCH_SECONDS * 1000)
        after = component.page.evaluate(COUNT, kind)
        passed = (after["at"] - before["at"]) / 1000
        pairs = zip(before["bytes"], after["bytes"], strict=True)
        measured.append([round((end - start) * 8 / passed) for start, end in pairs][ways])
        rates = [rate for stretch in measured[-2:] for rate in stretch]
        return len(measured) > 1 and least < min(rates) <= max(rates) < most

    component.visit.until(stays, lambda: f"{least:g} to {most:g} bit/s, not {measured}", 60)
    component.stop()


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_the_codec_is_the_authors_both_ways(serve: Serve, visit: Open, codec: str) -> None:
    component = visit(serve(app_of(lambda image: image, video_codec=codec))).component()
    component.start()
    component.visit.until(lambda: component.frames() > 5, "pictures")
    assert codecs(component) == [f"video/{codec}"] * 2


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_what_the_server_sends_is_bounded_and_raised(serve: Serve, visit: Open, codec: str) -> None:
    # aiortc's own VP8 ends at 1.5 Mbit/s, and its H.264 gives 15 frames a second half of 3.
    for limit, least, most in ((LOW, LOW / 3, LOW * 1.4), (HIGH, 1_600_000, HIGH * 1.25)):
        app = app_of(restless(), video_codec=codec, max_bitrate=limit)
        come_to(visit(serve(app)).component(), least, most, ways=RECEIVED)


def test_what_the_page_sends_is_bounded_and_raised(
    serve: Serve, visit: Open, noisy_camera: tuple[str, ...]
) -> None:
    for limit, least, most in ((LOW, LOW / 3, LOW * 1.25), (HIGH, LOW * 1.5, HIGH * 1.25)):
        app = app_of(small, max_bitrate=limit)
        come_to(visit(serve(app), flags=noisy_camera).component(), least, most, ways=SENT)


def test_sound_keeps_to_its_bitrate_both_ways(serve: Serve, visit: Open) -> None:
    # A sentence's loud moments take some more than its average.
    for limit, least, most in ((16_000, 5_000, 24_000), (96_000, 32_000, 140_000)):
        app = app_of(EchoHandler(), "audio", max_bitrate={"audio": limit})
        come_to(visit(serve(app)).component(), least, most, "audio")
