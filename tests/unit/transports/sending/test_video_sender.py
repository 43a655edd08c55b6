"""The outgoing video track: each frame once, when the encoder is free, and again when missed."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError
from av import VideoFrame

from gradio_webrtc.media.emitted_media import EmittedVideo
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.transports.sending.video_sender import REPEAT_SECONDS, VideoSender


def sender(fps: float = 1000) -> VideoSender:
    return VideoSender(FrameRate(fps))


def play(track: VideoSender, light: int) -> asyncio.Task[None]:
    return asyncio.ensure_future(track.play(EmittedVideo(np.full((16, 16, 3), light, np.uint8))))


async def received(track: VideoSender) -> int:
    """Return how light the next frame is."""
    frame = await asyncio.wait_for(track.recv(), 10)
    return round(float(frame.to_ndarray(format="rgb24").mean()))


async def test_a_frame_is_sent_once_and_told_of() -> None:
    sent: list[VideoFrame] = []
    track = VideoSender(FrameRate(1000), sent=sent.append)
    playing = play(track, 100)
    assert await received(track) == pytest.approx(100, abs=3)
    await playing
    assert len(sent) == 1
    waiting = asyncio.ensure_future(track.recv())
    await asyncio.sleep(0.05)
    assert not waiting.done()
    track.stop()
    with pytest.raises(MediaStreamError):
        await waiting


async def test_who_feeds_it_is_slowed_down_to_the_rate() -> None:
    track, loop = sender(fps=50), asyncio.get_running_loop()

    async def encode() -> None:
        while True:
            await track.recv()

    encoding, began = asyncio.ensure_future(encode()), loop.time()
    for _ in range(11):
        await play(track, 50)
    assert loop.time() - began > 9.2 / 50
    track.stop()
    await asyncio.wait([encoding])
    assert isinstance(encoding.exception(), MediaStreamError)


async def test_the_times_of_frames_are_those_of_the_clock() -> None:
    track = sender()
    times, taken = [], []
    for _ in range(3):
        playing = play(track, 50)
        times.append((await track.recv()).time)
        taken.append(asyncio.get_running_loop().time())
        await playing
        await asyncio.sleep(0.05)
    assert np.diff(times) == pytest.approx(np.diff(taken), abs=0.02)
    track.stop()


async def test_the_last_frame_is_sent_again_to_who_missed_it() -> None:
    track, loop = sender(), asyncio.get_running_loop()
    track.repeat()
    playing = play(track, 100)
    await received(track)
    await playing
    asked = loop.time()
    track.repeat()
    assert await received(track) == pytest.approx(100, abs=3)
    assert loop.time() - asked > 0.9 * REPEAT_SECONDS
    track.stop()


async def test_a_newer_frame_takes_the_place_of_the_repetition() -> None:
    track = sender()
    playing = play(track, 100)
    await received(track)
    await playing
    track.repeat()
    playing = play(track, 200)
    assert await received(track) == pytest.approx(200, abs=3)
    await playing
    waiting = asyncio.ensure_future(track.recv())
    await asyncio.sleep(1.5 * REPEAT_SECONDS)
    assert not waiting.done()
    track.stop()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_draining_waits_until_the_last_frame_is_encoded() -> None:
    track = sender()
    playing = play(track, 100)
    await received(track)
    await playing
    draining = asyncio.ensure_future(track.drain())
    await asyncio.sleep(0.05)
    assert not draining.done(), "the encoder still has it"
    waiting = asyncio.ensure_future(track.recv())
    await asyncio.wait_for(draining, 1)
    track.stop()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_the_end_frees_who_plays_and_who_reads() -> None:
    track = sender()
    playing = play(track, 100)
    await asyncio.sleep(0.05)
    track.stop()
    await asyncio.wait_for(playing, 1)
    with pytest.raises(MediaStreamError):
        await track.recv()
