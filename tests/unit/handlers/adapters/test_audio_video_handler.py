"""Handlers of audio and video, sync and async, as a session drives them."""

from __future__ import annotations

import asyncio
import queue
import threading
import time

import numpy as np
import pytest

from gradio_webrtc.errors import ConfigurationError, SessionClosedError
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.audio_video import (
    AsyncAudioVideoStreamHandler,
    AudioVideoStreamHandler,
)
from gradio_webrtc.handlers.base import StreamHandler
from gradio_webrtc.media.video.frames import to_array, to_frame
from tests.support.emissions import ArrayFrame, emitted

pytestmark = pytest.mark.asyncio

CHUNK = (48_000, np.zeros((1, 960), np.int16))
PICTURE = np.full((48, 64, 3), (200, 100, 50), np.uint8)


class Both(AudioVideoStreamHandler):
    """Echoes both; says on which threads it was called."""

    def __init__(self):
        super().__init__(fps=15)
        self.sound, self.pictures = queue.Queue(), queue.Queue()
        self.threads = {}

    def copy(self):
        Both.last = Both()
        return Both.last

    def note(self, what):
        self.threads[what] = threading.current_thread().name

    def receive(self, frame):
        self.note("receive")
        self.sound.put(frame)

    def emit(self):
        self.note("emit")
        return self.sound.get()

    def video_receive(self, frame):
        self.note("video_receive")
        self.pictures.put(frame)

    def video_emit(self):
        self.note("video_emit")
        return self.pictures.get()


class AsyncBoth(AsyncAudioVideoStreamHandler):
    def __init__(self):
        super().__init__()
        self.sound, self.pictures = asyncio.Queue(), asyncio.Queue()

    def copy(self):
        return AsyncBoth()

    async def receive(self, frame):
        assert threading.current_thread() is threading.main_thread()
        self.sound.put_nowait(frame)

    async def emit(self):
        return await self.sound.get()

    async def video_receive(self, frame):
        assert threading.current_thread() is threading.main_thread()
        self.pictures.put_nowait(frame)

    async def video_emit(self):
        return await self.pictures.get()


class Quiet(Both):
    """Has nothing until something was received; counts how often it was asked."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def copy(self):
        Quiet.last = Quiet()
        return Quiet.last

    def video_emit(self):
        self.asked.append(time.monotonic())
        try:
            return self.pictures.get_nowait()
        except queue.Empty:
            return None


def made(fn, **options):
    return as_handler(fn, mode="send-receive", modality="audio-video", **options)()


class Lazy:
    """A decoded frame, as a transport hands it over."""

    def __init__(self):
        self.thread = None

    def to_array(self, frame_format):
        self.thread = threading.current_thread().name
        return to_array(to_frame(PICTURE), frame_format)


@pytest.mark.parametrize("kind", [Both, AsyncBoth])
async def test_both_go_through_at_the_same_time(link, kind):
    handler = made(kind())
    await handler.start(link)
    # Both emits wait already, and neither holds up the other or what is received.
    sound, picture = (
        asyncio.ensure_future(emitted(handler, "audio")),
        asyncio.ensure_future(emitted(handler, "video")),
    )
    lazy = Lazy()
    await handler.receive_video(lazy)
    seen = await asyncio.wait_for(picture, 10)
    assert seen.shape == PICTURE.shape
    assert seen.dtype == np.uint8
    assert np.abs(seen.astype(int) - PICTURE).max() < 8
    assert not sound.done()
    assert "video_receive" in lazy.thread  # never converted on the loop
    await handler.receive_audio(CHUNK)
    assert (await asyncio.wait_for(sound, 10))[1] is CHUNK[1]
    await handler.aclose()


async def test_each_method_has_a_thread_of_its_own(link):
    handler = made(Both())
    await handler.start(link)
    await handler.receive_audio(CHUNK)
    await handler.emit("audio")
    await handler.receive_video(ArrayFrame(PICTURE))
    await handler.emit("video")
    assert len(set(Both.last.threads.values())) == 4
    await handler.aclose()


async def test_the_picture_comes_in_the_components_format(link):
    handler = made(Both(), frame_format="gray")
    await handler.start(link)
    await handler.receive_video(Lazy())
    assert (await emitted(handler, "video")).shape == (48, 64)
    await handler.aclose()


async def test_nothing_to_show_does_not_spin_and_wakes_with_a_picture(link):
    handler = made(Quiet())
    await handler.start(link)
    emitting = asyncio.ensure_future(emitted(handler, "video"))
    await asyncio.sleep(0.5)
    assert 2 <= len(Quiet.last.asked) <= 27  # every 20 ms
    await handler.receive_video(ArrayFrame(PICTURE))
    assert await asyncio.wait_for(emitting, 10) is PICTURE
    await handler.aclose()


@pytest.mark.parametrize("kind", [Both, AsyncBoth])
async def test_closing_frees_both_waiting_emits(link, kind):
    handler = made(kind())
    await handler.start(link)
    waiting = [asyncio.ensure_future(emitted(handler, each)) for each in ("audio", "video")]
    await asyncio.sleep(0.05)
    for task in waiting:
        task.cancel()
    await handler.aclose()
    with pytest.raises(SessionClosedError):
        await handler.receive_video(ArrayFrame(PICTURE))


async def test_what_start_up_raises_ends_a_video_emit(link):
    class Failing(Both):
        def copy(self):
            return Failing()

        def start_up(self):
            time.sleep(0.2)
            raise ValueError("no camera")

    handler = made(Failing())
    await handler.start(link)
    waiting = [asyncio.ensure_future(emitted(handler, each)) for each in ("audio", "video")]
    done, left = await asyncio.wait(waiting, timeout=10, return_when=asyncio.FIRST_EXCEPTION)
    assert [str(task.exception()) for task in done] == ["no camera"]
    for task in left:
        task.cancel()
    await handler.aclose()


async def test_copy_must_return_a_handler_of_both(link):
    class Sound(StreamHandler):
        def receive(self, frame):
            pass

        def emit(self):
            return None

        def copy(self):
            return Sound()

    class Wrong(Both):
        def copy(self):
            return Sound()

    handler = made(Wrong())
    with pytest.raises(ConfigurationError, match="new AudioVideoStreamHandler, not a Sound"):
        await handler.start(link)
    await handler.aclose()


@pytest.mark.parametrize("kind", [Both, AsyncBoth])
async def test_values_that_come_unasked_and_early_are_taken(link, kind):
    """Published pages of audio and video send their inputs as soon as they connect."""
    handler = as_handler(kind(), mode="send-receive", modality="audio-video")()
    handler.set_args(["blue", 3])
    await handler.start(link)
    assert handler.user_code.latest_args == ["__webrtc_value__", "blue", 3]
    assert handler.user_code.args_set.is_set()
    assert link.requests == 0
    await handler.aclose()
