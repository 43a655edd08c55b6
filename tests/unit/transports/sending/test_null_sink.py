"""What a connection does not carry takes as long as playing it would."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.transports.sending.null_sink import NullAudio, NullVideo

pytestmark = pytest.mark.looptime


async def play_audio(sink: NullAudio, seconds: float) -> None:
    await sink.play(EmittedAudio(8000, np.zeros((1, round(8000 * seconds)), np.int16)))


async def play_video(sink: NullVideo) -> None:
    await sink.play(EmittedVideo(np.zeros((4, 4, 3), np.uint8)))


async def test_audio_takes_its_length() -> None:
    sink, loop = NullAudio(), asyncio.get_running_loop()
    await play_audio(sink, 0.5)
    assert loop.time() == pytest.approx(0.5, abs=0.01)
    await play_audio(sink, 2)
    assert loop.time() == pytest.approx(2.5, abs=0.01)


async def test_frames_are_taken_at_their_rate() -> None:
    sink, loop = NullVideo(FrameRate(10)), asyncio.get_running_loop()
    for _ in range(21):
        await play_video(sink)
    assert loop.time() == pytest.approx(2.0, abs=0.11)
