"""What the page offers beside the stream: volume, statistics, pictures and recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import gradio as gr
import numpy as np
import pytest
from numpy.typing import NDArray

from gradio_webrtc import WebRTC
from gradio_webrtc.handlers.protocol import Modality
from tests.browser.conftest import Open, Serve
from tests.browser.handlers import EchoHandler
from tests.browser.pages import Component
from tests.browser.test_devices import THREE_DEVICES, used
from tests.browser.video_pattern import PATTERN, Colour, Picture, Quarters


def inverted(image: Picture) -> Picture:
    return 255 - image


async def same_async(image: Picture) -> Picture:
    return image


def app_of(modality: Modality, fn: Any = None, **options: Any) -> gr.Blocks:
    with gr.Blocks() as demo:
        component = WebRTC(label="My stream", modality=modality, **options)
        fn = fn or (EchoHandler() if modality == "audio" else inverted)
        component.stream(fn, inputs=[component], outputs=[component])
    return demo


def colours_of(picture: Picture) -> Quarters:
    """Return the colours in the middle of the quarters."""
    height, width = picture.shape[:2]

    def colour(x: float, y: float) -> Colour:
        left, top = int(width * x), int(height * y)
        red, green, blue = picture[top - 4 : top + 4, left - 4 : left + 4].mean(axis=(0, 1))
        return int(red), int(green), int(blue)

    return Quarters(colour(0.25, 0.25), colour(0.75, 0.25), colour(0.25, 0.75), colour(0.75, 0.75))


def saved(component: Component, press: Any, folder: Path) -> Path:
    """Press what saves a file, and return the file."""
    with component.page.expect_download() as download:
        press()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def decoded(path: Path) -> tuple[list[Picture], np.ndarray, float]:
    """Return a recording's pictures in RGB, its sound, and how long its pictures or sound last."""
    pictures: list[NDArray[Any]] = []
    sounds: list[NDArray[Any]] = []
    times: list[float] = []
    with av.open(str(path)) as container:
        for frame in container.decode():
            if frame.time is not None:
                times.append(frame.time)
            if isinstance(frame, av.VideoFrame):
                pictures.append(frame.to_ndarray(format="rgb24"))
            elif isinstance(frame, av.AudioFrame):
                sounds.append(frame.to_ndarray().astype(np.float64).reshape(-1))
    sound = np.concatenate(sounds) if sounds else np.zeros(0)
    return pictures, sound, max(times) - min(times)


# -- what is played ------------------------------------------------------------------------------


def test_the_volume_is_the_persons_and_is_kept(serve: Serve, visit: Open) -> None:
    page = visit(serve(app_of("audio")))
    component = page.component()
    component.start()
    slider = component.part("webrtc-volume")
    slider.focus()
    slider.press("Home")
    for _ in range(6):
        slider.press("ArrowRight")
    media = component.part("webrtc-media")
    assert media.evaluate("(each) => [each.volume, each.muted]") == [0.3, False]
    component.part("webrtc-volume-mute").press("Enter")
    assert media.evaluate("(each) => [each.volume, each.muted]") == [0.3, True]
    assert component.part("webrtc-volume-mute").get_attribute("aria-pressed") == "true"
    assert slider.input_value() == "0"
    component.part("webrtc-volume-mute").press("Enter")

    page.page.reload()
    again = page.component()
    again.start()
    assert again.part("webrtc-media").evaluate("(each) => [each.volume, each.muted]") == [
        0.3,
        False,
    ]


def test_there_is_no_volume_where_nothing_is_heard(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video"))).component()
    component.start()
    assert component.part("webrtc-volume").count() == 0


def test_the_picture_moves_into_a_window_of_its_own(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video"))).component()
    component.start()
    component.shows(PATTERN.inverted())
    button = component.part("webrtc-picture-in-picture")
    button.click()
    shown = "document.pictureInPictureElement?.dataset.testid"
    component.visit.until(lambda: component.page.evaluate(shown) == "webrtc-media", "the window")
    component.visit.until(lambda: button.get_attribute("aria-pressed") == "true", "the button")
    component.stop()
    component.visit.until(lambda: component.page.evaluate(shown) is None, "the window to close")


# -- statistics ----------------------------------------------------------------------------------


def test_statistics_say_what_the_stream_does(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video", same_async, show_statistics=True))).component()
    assert component.part("webrtc-statistics-toggle").count() == 0
    component.start()
    assert component.part("webrtc-statistics").count() == 0
    component.part("webrtc-statistics-toggle").click()

    def line(name: str) -> list[str]:
        cells = component.part("webrtc-statistics").locator(f"tr:has(th:text-is('{name}')) td")
        return [str(text) for text in cells.all_inner_texts()]

    def number(text: str) -> float:
        return float(text.split()[0]) if text else 0.0

    component.visit.until(
        lambda: (
            len(line("Frames")) == 2 and all(5 <= number(text) <= 22 for text in line("Frames"))
        ),
        lambda: f"about the camera's 15 frames a second both ways, not {line('Frames')}",
    )
    assert line("Codec") == ["VP8", "VP8"]
    assert [text.split("\N{MULTIPLICATION SIGN}") for text in line("Size")] == [["320", "240"]] * 2
    assert all("bit/s" in text and number(text) > 0 for text in line("Bitrate"))
    head = component.part("webrtc-statistics").locator("thead th").first.inner_text()
    assert head.endswith(" ms")
    component.part("webrtc-statistics-toggle").click()
    assert component.part("webrtc-statistics").count() == 0


def test_nothing_is_measured_while_nobody_looks(serve: Serve, visit: Open) -> None:
    count = """
    globalThis.asked = 0;
    const { getStats } = RTCPeerConnection.prototype;
    RTCPeerConnection.prototype.getStats = function (...rest) {
      globalThis.asked += 1;
      return getStats.apply(this, rest);
    };
    """
    app = app_of("video", show_statistics=True)
    component = visit(serve(app), script=count).component()
    component.start()
    component.shows(PATTERN.inverted())
    component.page.wait_for_timeout(1500)
    assert component.page.evaluate("asked") == 0
    component.part("webrtc-statistics-toggle").click()
    component.visit.until(lambda: component.page.evaluate("asked") >= 2, "it to be measured")
    component.part("webrtc-statistics-toggle").click()
    asked = component.page.evaluate("asked")
    component.page.wait_for_timeout(2500)
    assert component.page.evaluate("asked") == asked


# -- what is saved -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "expected"), [("send-receive", PATTERN.inverted()), ("send", PATTERN)]
)
def test_a_snapshot_is_the_picture_that_is_seen(
    serve: Serve, visit: Open, tmp_path: Path, mode: str, expected: Quarters
) -> None:
    app = app_of("video", mode=mode, buttons=["snapshot"])
    component = visit(serve(app)).component()
    component.start()
    component.shows(expected)
    path = saved(component, component.part("webrtc-snapshot").click, tmp_path)
    assert path.name.startswith("My-stream-20")
    assert path.suffix == ".png"
    ((picture,), _, _) = decoded(path)
    assert picture.shape == (240, 320, 3)
    # Not mirrored, though the person sees their own picture in a mirror.
    assert colours_of(picture).near(expected)


def test_a_recording_has_the_picture_that_was_seen(
    serve: Serve, visit: Open, tmp_path: Path
) -> None:
    component = visit(serve(app_of("video", buttons=["recording"]))).component()
    component.start()
    component.shows(PATTERN.inverted())
    button = component.part("webrtc-recording")
    button.click()
    timer = component.part("webrtc-recording-time")
    component.visit.until(lambda: timer.inner_text() >= "0:03", "three seconds to be recorded")
    assert button.get_attribute("aria-pressed") == "true"
    path = saved(component, button.click, tmp_path)
    assert path.suffix == ".webm"
    pictures, sound, seconds = decoded(path)
    assert 2 < seconds < 40
    assert colours_of(pictures[len(pictures) // 2]).near(PATTERN.inverted())
    assert sound.size == 0
    assert timer.count() == 0
    assert component.state() == "connected"


def test_a_recording_has_the_sound_of_both_sides(serve: Serve, visit: Open, tmp_path: Path) -> None:
    component = visit(serve(app_of("audio", buttons=["recording"]))).component()
    component.start()
    component.visit.until(component.hears, "sound")
    component.part("webrtc-recording").click()
    timer = component.part("webrtc-recording-time")
    component.visit.until(lambda: timer.inner_text() >= "0:04", "four seconds")
    # Ending the stream loses nothing.
    path = saved(component, component.part("webrtc-stop").click, tmp_path)
    pictures, sound, seconds = decoded(path)
    assert pictures == []
    assert 3 < seconds < 40
    assert np.sqrt(np.mean(sound**2)) > 0.005
    assert timer.count() == 0


def test_a_recording_outlives_its_component(serve: Serve, visit: Open, tmp_path: Path) -> None:
    with gr.Blocks() as demo:
        component = WebRTC(label="Gone", modality="video", buttons=["recording"])
        component.stream(inverted, inputs=[component], outputs=[component])
        gr.Button("Hide").click(lambda: gr.update(visible=False), outputs=[component])
    shown = visit(serve(demo)).component()
    shown.start()
    shown.shows(PATTERN.inverted())
    shown.part("webrtc-recording").click()
    timer = shown.part("webrtc-recording-time")
    shown.visit.until(lambda: timer.inner_text() >= "0:02", "two seconds")
    path = saved(shown, shown.page.get_by_role("button", name="Hide", exact=True).click, tmp_path)
    assert path.name.startswith("Gone-")
    assert decoded(path)[0]


def test_the_buttons_are_the_authors_choice(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video"))).component()
    component.start()
    component.shows(PATTERN.inverted())
    for name in ("snapshot", "recording", "statistics-toggle"):
        assert component.part(f"webrtc-{name}").count() == 0


# -- cameras and the bar -------------------------------------------------------------------------


def test_one_press_turns_to_the_next_camera(serve: Serve, visit: Open) -> None:
    component = visit(serve(app_of("video")), flags=THREE_DEVICES).component()
    component.start()
    first = used(component)
    flip = component.part("webrtc-flip")
    seen = {first}
    for _ in range(2):
        flip.click()
        component.visit.until(lambda: used(component) not in seen, "the next camera to be sent")
        seen.add(used(component))
    flip.click()
    component.visit.until(lambda: used(component) == first, "the first camera again")
    assert component.states().count("connected") == 1


def test_a_rear_camera_is_no_mirror(serve: Serve, visit: Open) -> None:
    rear = """
    if (globalThis.MediaStreamTrack) {
      const { getSettings } = MediaStreamTrack.prototype;
      MediaStreamTrack.prototype.getSettings = function () {
        return { ...getSettings.call(this), facingMode: "environment" };
      };
    }
    """
    component = visit(serve(app_of("video")), script=rear).component()
    component.start()
    own = component.part("webrtc-self-view").locator("video")
    assert own.evaluate("(each) => getComputedStyle(each).transform") == "none"


@pytest.mark.parametrize("width", [160, 420, 1000])
def test_every_tool_is_within_reach_at_every_width(serve: Serve, visit: Open, width: int) -> None:
    app = app_of(
        "video",
        width=width,
        video_sources=["camera", "screen"],
        buttons=["snapshot", "recording"],
        show_statistics=True,
    )
    page = visit(serve(app), flags=THREE_DEVICES, viewport={"width": 1100, "height": 900})
    component = page.component()
    component.start()
    component.visit.until(lambda: component.frames() > 5, "pictures")
    component.part("webrtc-devices").click()
    names = "camera-off source flip snapshot recording picture-in-picture statistics-toggle"
    outer = component.root.bounding_box()
    assert outer is not None
    for name in [*names.split(), "fullscreen", "stop", "devices"]:
        button = component.part(f"webrtc-{name}")
        assert button.count() == 1, name
        box = button.bounding_box()
        assert box is not None, name
        assert outer["x"] <= box["x"], name
        assert box["x"] + box["width"] <= outer["x"] + outer["width"] + 0.5, name
