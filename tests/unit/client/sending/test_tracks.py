from __future__ import annotations

import asyncio

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from gradio_webrtc.client.sending.audio_line import AudioLine
from gradio_webrtc.client.sending.tracks import LineTrack, VideoTrack
from gradio_webrtc.errors import MediaFormatError


async def test_a_line_is_sent_as_one_stream_of_20_ms():
    line = AudioLine(48_000)
    line.put(np.full(960, 9, np.int16))
    track = LineTrack(line)
    frames = [await track.recv() for _ in range(2)]
    assert [frame.pts for frame in frames] == [0, 960]
    assert [int(frame.to_ndarray().max()) for frame in frames] == [9, 0]
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()


async def test_pictures_are_sent_with_the_time_that_passed():
    track = VideoTrack(100.0)
    showing = asyncio.ensure_future(track.show(np.zeros((3, 8, 8, 3), np.uint8)))
    frames = [await track.recv() for _ in range(3)]
    await showing
    times = [frame.time for frame in frames]
    assert times[0] == 0.0
    assert times == sorted(set(times))
    assert frames[0].format.name == "yuv420p"
    with pytest.raises(MediaFormatError):
        await track.show(np.zeros((1, 8, 8), np.float64))
