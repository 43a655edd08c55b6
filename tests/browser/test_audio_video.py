"""The component with sound and pictures, in every mode, and sound in two channels."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import StreamHandler, WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.test_sync import Film, app_of, begin
from tests.browser.video_pattern import PATTERN
from tests.support.audio_video_echo import AsyncEcho, Echo

CHANNELS = """async (index) => {
  const element = document.querySelectorAll("[data-testid=webrtc-media]")[index];
  const [track] = element.srcObject.getAudioTracks();
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 }).readable.getReader();
  const levels = [];
  for (let count = 0; count < 60; count += 1) {
    const { value } = await reader.read();
    const planes = [];
    for (let plane = 0; plane < value.numberOfChannels; plane += 1) {
      const samples = new Float32Array(value.numberOfFrames);
      value.copyTo(samples, { planeIndex: plane, format: "f32-planar" });
      planes.push(Math.hypot(...samples) / Math.sqrt(samples.length));
    }
    levels.push(planes);
    value.close();
  }
  await reader.cancel();
  const middle = (values) => values.sort((one, other) => one - other)[values.length >> 1];
  return levels.at(-1).map((_, plane) => middle(levels.map((planes) => planes[plane] ?? 0)));
}"""
"""Returns how loud each channel is for most of 60 pieces: a busy machine makes some of them up."""


class LeftOnly(StreamHandler):
    """A tone on the left and nothing on the right."""

    def __init__(self) -> None:
        super().__init__()
        self.start = 0

    def copy(self) -> LeftOnly:
        return LeftOnly()

    def receive(self, frame: Any) -> None:
        pass

    def emit(self) -> Any:
        at = np.arange(self.start, self.start + 4800) / 48_000
        self.start += 4800
        left = 0.4 * np.sin(2 * np.pi * 440 * at)
        return 48_000, np.stack([left, 0 * left]).astype(np.float32)


@pytest.mark.parametrize("handler", [Echo, AsyncEcho])
def test_both_come_back_and_can_be_turned_off_one_by_one(
    serve: Serve, visit: Open, handler: type
) -> None:
    component = visit(serve(app_of(handler(), "send-receive"))).component()
    component.start()
    component.shows(PATTERN)
    component.visit.until(component.hears, "the sentence")
    for part in ("webrtc-level-in", "webrtc-level-out", "webrtc-self-view"):
        component.part(part).wait_for()
    component.part("webrtc-mute").click()
    component.visit.until(lambda: not component.hears(), "silence")
    component.shows(PATTERN)
    component.part("webrtc-mute").click()
    component.visit.until(component.hears, "the sentence again")
    component.part("webrtc-camera-off").click()
    component.visit.until(
        lambda: (colours := component.colours()) is not None and max(map(max, colours)) < 60,
        "black pictures",
    )
    component.part("webrtc-devices").click()
    for part in ("webrtc-device-audio", "webrtc-device-video"):
        component.part(part).wait_for()
    component.stop()


def test_in_mode_send_the_page_shows_its_own_picture_and_hears_nothing(
    serve: Serve, visit: Open
) -> None:
    component = visit(serve(app_of(Echo(), "send"))).component()
    component.start()
    component.shows(PATTERN)
    component.part("webrtc-level-in").wait_for()
    assert component.part("webrtc-level-out").count() == 0
    assert component.part("webrtc-media").evaluate("(media) => media.muted")
    component.stop()


def test_in_mode_receive_no_device_is_asked_for(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of(Film(), "receive"))).component()
    begin(component, "receive")
    component.visit.until(lambda: component.frames() > 10, "pictures")
    component.visit.until(component.hears, "a beep")
    component.part("webrtc-level-out").wait_for()
    for part in ("webrtc-level-in", "webrtc-self-view", "webrtc-mute", "webrtc-camera-off"):
        assert component.part(part).count() == 0
    assert component.page.evaluate("probe.captures.length") == 0


@pytest.mark.parametrize("width", [160, 320])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_fits_into_a_narrow_column(
    serve: Serve, visit: Open, width: int, scheme: Any
) -> None:
    with gr.Blocks() as demo, gr.Row(), gr.Column(scale=0, min_width=width):
        both = WebRTC(modality="audio-video", width=width)
        both.stream(Echo(), inputs=[both], outputs=[both])
    component = visit(serve(demo), color_scheme=scheme).component()
    component.start()
    component.shows(PATTERN)
    box = component.root.bounding_box()
    assert box is not None
    for part in ("webrtc-mute", "webrtc-camera-off", "webrtc-devices", "webrtc-stop"):
        inner = component.part(part).bounding_box()
        assert inner is not None
        assert inner["x"] >= box["x"] - 1
        assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1
        assert inner["height"] >= 40


def test_stereo_comes_out_in_two_channels(serve: Serve, visit: Open) -> None:
    with gr.Blocks() as demo:
        voice = WebRTC(modality="audio")
        voice.stream(LeftOnly(), inputs=[voice], outputs=[voice])
    component = visit(serve(demo)).component()
    component.start()
    component.visit.until(component.hears, "the tone")
    levels = component.page.evaluate(CHANNELS, 0)
    assert len(levels) == 2
    left, right = levels
    assert left > 0.15
    assert right < left / 20
