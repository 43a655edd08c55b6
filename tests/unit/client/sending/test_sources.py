from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from gradio_webrtc.client.sending.sources import audio_pieces, video_frames
from gradio_webrtc.errors import ConfigurationError, MediaFileError, MediaFormatError

RATE = 8_000


def samples(count: int = 100) -> np.ndarray:
    return np.arange(count, dtype=np.int16)


async def all_audio(source: Any) -> np.ndarray:
    async with aclosing(audio_pieces(source)) as pieces:
        return np.concatenate([pcm.samples[0] async for pcm in pieces])


async def test_arrays_and_generators_of_either_kind_are_sound():
    def sync() -> Iterator[Any]:
        assert threading.current_thread() is not threading.main_thread()
        yield RATE, samples()
        yield RATE, samples()

    async def coroutine() -> AsyncIterator[Any]:
        yield RATE, samples()
        yield RATE, samples()

    assert (await all_audio((RATE, samples()))).size == 100
    for source in (sync(), coroutine(), [(RATE, samples())] * 2):
        assert (await all_audio(source)).size == 200


async def test_files_are_decoded(tmp_path: Path):
    path = tmp_path / "clip.mkv"
    with av.open(str(path), "w") as file:
        sound = file.add_stream("pcm_s16le", rate=RATE, layout="mono")
        video = file.add_stream("rawvideo", rate=10)
        video.width, video.height, video.pix_fmt = 16, 8, "yuv420p"
        frame = av.AudioFrame.from_ndarray(samples(RATE)[np.newaxis], "s16", "mono")
        frame.sample_rate = RATE
        file.mux(sound.encode(frame))
        for _ in range(3):
            picture = av.VideoFrame.from_ndarray(np.zeros((8, 16, 3), np.uint8), "rgb24")
            file.mux(video.encode(picture.reformat(format="yuv420p")))
    assert (await all_audio(path)).tolist() == samples(RATE).tolist()
    times = [time async for _, time in video_frames(str(path), 30.0)]
    assert times == pytest.approx([0.0, 0.1, 0.2], abs=0.01)


async def test_what_cannot_be_sent_is_told(tmp_path: Path):
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    with pytest.raises(MediaFileError, match="cannot be opened"):
        await all_audio(tmp_path / "missing.wav")
    with pytest.raises(MediaFileError):
        await all_audio(text)
    with pytest.raises(MediaFormatError):
        await all_audio((RATE, np.zeros(3, np.int32)))
    for source in (5, samples()):
        with pytest.raises(ConfigurationError, match="Sound to send"):
            await all_audio(source)
    odd: Any = 5
    with pytest.raises(ConfigurationError, match="Video to send"):
        await anext(video_frames(odd, 30.0))


async def test_a_generator_that_waits_is_left_and_closed():
    closed = threading.Event()
    never = threading.Event()

    def waiting() -> Iterator[Any]:
        try:
            yield RATE, samples()
            never.wait()
        finally:
            closed.set()

    async with aclosing(audio_pieces(waiting())) as pieces:
        await anext(pieces)
    assert closed.is_set()


async def test_several_pictures_have_times_and_one_is_shown_for_good():
    movie = np.zeros((2, 4, 6, 3), np.uint8)
    shown = [(np.asarray(picture).shape, time) async for picture, time in video_frames(movie, 10.0)]
    assert shown == [((4, 6, 3), 0.0), ((4, 6, 3), 0.1)]
    async with aclosing(video_frames(movie[0], 10.0)) as frames:
        times = [(await anext(frames))[1] for _ in range(4)]
    assert times == pytest.approx([0.0, 0.1, 0.2, 0.3])
    given = [time async for _, time in video_frames(iter(movie), 10.0)]
    assert given == [None, None]
