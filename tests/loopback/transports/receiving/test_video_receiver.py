"""Video that is larger than an app wants costs nobody anything."""

from __future__ import annotations

import asyncio
import logging
import resource
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiortc.codecs.h264 import H264Encoder
from numpy.typing import NDArray

from gradio_webrtc import Stream
from tests.support.client import LoopbackClient
from tests.support.loop_lag import LoopLag
from tests.support.raw_media import (
    RawMedia,
    SilentTrack,
    encoded,
    h264_key_frame,
    vp8_key_frame,
)
from tests.support.serving import Served
from tests.support.sessions import until

Picture = NDArray[np.uint8]

LARGE = (4096, 2304)
"""Pixels; beyond 4K."""


class Watcher:
    """A video function that keeps the shapes it was called with."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, frame: Picture) -> None:
        self.shapes.append(frame.shape)


def watching(watcher: Watcher, **options: Any) -> Stream:
    return Stream(watcher, mode="send", concurrency_limit=None, **options)


def resident() -> int:
    """Return the memory of this process in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def connected(server: Served) -> tuple[LoopbackClient, RawMedia]:
    client = await server.connected(SilentTrack("video"))
    return client, RawMedia(client)


async def test_large_key_frames_and_a_hang_up_keep_nobody_waiting() -> None:
    frame = vp8_key_frame(*LARGE)
    assert sum(map(len, frame)) < 100_000
    watcher = Watcher()
    async with Served(watching(watcher)) as server:
        client, media = await connected(server)
        before = resident()
        async with LoopLag() as lag:
            for _ in range(60):
                await media.frame("VP8", frame)
                await asyncio.sleep(1 / 60)
            grown = resident() - before
            await client.close()
            await server.empty()
    assert lag.worst < 1.5
    assert grown < 200e6
    assert watcher.shapes == []


async def test_the_same_with_pictures_that_are_allowed() -> None:
    """Each takes many times longer to decode than to send: most are left out."""
    frame = vp8_key_frame(*LARGE)
    watcher = Watcher()
    async with Served(watching(watcher, max_resolution=LARGE)) as server:
        client, media = await connected(server)
        async with LoopLag() as lag:
            for _ in range(60):
                await media.frame("VP8", frame)
                await asyncio.sleep(1 / 60)
            await until(lambda: watcher.shapes)
            await client.close()
            await server.empty()
    assert lag.worst < 1.5
    assert watcher.shapes[0] == (*reversed(LARGE), 3)


@pytest.mark.parametrize(("codec", "make"), [("VP8", vp8_key_frame), ("H264", h264_key_frame)])
async def test_what_is_too_large_is_said_once_and_what_follows_is_seen(
    codec: str, make: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "gradio_webrtc")
    watcher = Watcher()
    async with Served(watching(watcher, max_resolution=(640, 480))) as server:
        client, media = await connected(server)
        for size in ((1280, 720), (1280, 736), (480, 640)):
            await media.frame(codec, make(*size))
        message = await client.message("warning")
        await until(lambda: watcher.shapes)
        assert server.session(client).ending is None
    words = "The video of 1280x720 pixels is larger than this app accepts (640x480)"
    assert message["message"].startswith(words)
    assert [each["type"] for each in client.messages].count("warning") == 1
    assert caplog.text.count("larger than this app accepts") == 1
    assert set(watcher.shapes) == {(640, 480, 3)}


async def test_a_larger_parameter_set_cannot_hide_in_another_unit() -> None:
    """A decoder looks for start codes inside of units as well."""
    watcher = Watcher()
    hidden = H264Encoder._packetize_fu_a(b"\x06\x05" + encoded("libx264", 1920, 1088))
    async with Served(watching(watcher, max_resolution=(640, 480))) as server:
        _, media = await connected(server)
        await media.frame("H264", hidden)
        await media.frame("H264", h264_key_frame(320, 240))
        await until(lambda: watcher.shapes)
    assert set(watcher.shapes) == {(240, 320, 3)}
