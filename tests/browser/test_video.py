"""Pictures through a function and back, judged by the pixels the page plays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import gradio as gr
import numpy as np
import pytest

from gradio_webrtc import WebRTC
from tests.browser.conftest import Open, Serve
from tests.browser.video_pattern import PATTERN, Picture, Quarters, pattern


def app_of(fn: Callable[..., Any], **options: Any) -> gr.Blocks:
    with gr.Blocks() as demo:
        video = WebRTC(label="Stream", mode="send-receive", modality="video", **options)
        video.stream(fn, inputs=[video], outputs=[video])
    return demo


def guide_app() -> gr.Blocks:
    """Return the video app of the user guide with detection code that shows its threshold."""

    def detection(image, conf_threshold=0.3):
        modified_frame = (image * conf_threshold).astype(np.uint8)
        return modified_frame

    with gr.Blocks() as demo:
        image = WebRTC(label="Stream", mode="send-receive", modality="video")
        conf_threshold = gr.Slider(
            label="Confidence Threshold",
            minimum=0.0,
            maximum=1.0,
            step=0.05,
            value=0.30,
        )
        image.stream(fn=detection, inputs=[image, conf_threshold], outputs=[image], time_limit=10)
    return demo


def negative(image: Picture) -> Picture:
    return 255 - image


async def negative_async(image: Picture) -> Picture:
    await asyncio.sleep(0)
    return 255 - image


def flip_then_flip(image: Picture) -> Iterator[Picture]:
    yield image[::-1]
    yield image[::-1]


async def flip_then_flip_async(image: Picture) -> AsyncIterator[Picture]:
    yield image[::-1]
    await asyncio.sleep(0)
    yield image[::-1]


def without_first_channel(image: Picture) -> Picture:
    image[..., 0] = 0
    return image


def grey(image: Picture) -> Picture:
    assert image.ndim == 2
    return image


@pytest.mark.parametrize(
    ("fn", "expected"),
    [
        (negative, PATTERN.inverted()),
        (negative_async, PATTERN.inverted()),
        (flip_then_flip, PATTERN.flipped()),
        (flip_then_flip_async, PATTERN.flipped()),
    ],
)
def test_the_pattern_comes_back_changed(
    serve: Serve, visit: Open, fn: Callable[..., Any], expected: Quarters
) -> None:
    component = visit(serve(app_of(fn))).component()
    component.start()
    component.shows(expected)
    # It is a moving picture: more of them keep coming.
    before = component.frames()
    component.visit.until(lambda: component.frames() > before + 10, "further pictures")
    component.stop()


def test_a_slider_changes_the_picture_while_it_streams(serve: Serve, visit: Open) -> None:
    component = visit(serve(guide_app())).component()
    component.start()
    component.shows(PATTERN.scaled(0.3))
    threshold = component.page.get_by_role("spinbutton", name="Confidence Threshold")
    threshold.fill("1")
    threshold.press("Enter")
    component.shows(PATTERN)
    assert component.state() == "connected"


@pytest.mark.parametrize(
    ("frame_format", "fn", "expected"),
    [
        ("rgb24", without_first_channel, Quarters(*((0, g, b) for _, g, b in PATTERN))),
        ("bgr24", without_first_channel, Quarters(*((r, g, 0) for r, g, _ in PATTERN))),
        ("gray", grey, Quarters((90,) * 3, (130,) * 3, (53,) * 3, (230,) * 3)),
    ],
)
def test_frame_format_orders_the_channels(
    serve: Serve, visit: Open, frame_format: str, fn: Callable[..., Any], expected: Quarters
) -> None:
    component = visit(serve(app_of(fn, frame_format=frame_format))).component()
    component.start()
    component.shows(expected)


def test_odd_sizes_that_change_and_strides_are_shown_whole(serve: Serve, visit: Open) -> None:
    sizes = [(161, 123), (320, 179)]
    calls = 0

    def other_size(image: Picture) -> Picture:
        nonlocal calls
        calls += 1
        width, height = sizes[calls // 20 % 2]
        return pattern(width, height)[:, ::-1]

    mirrored = Quarters(*(PATTERN[index] for index in (1, 0, 3, 2)))
    component = visit(serve(app_of(other_size))).component()
    component.start()
    for expected in [*sizes, sizes[0]]:
        component.visit.until(
            lambda wanted=expected: np.abs(np.subtract(component.size(), wanted)).max() <= 1,
            f"a picture of {expected}",
        )
        component.shows(mirrored)
