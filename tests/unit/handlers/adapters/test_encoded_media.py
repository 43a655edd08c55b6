"""What any handler emits encoded comes out of ``emit`` as frames, in the place it had."""

from __future__ import annotations

import asyncio
import io
import os
import queue
import threading
import time

import av
import numpy as np
import pytest

from gradio_webrtc.errors import MediaFileError
from gradio_webrtc.handlers.adapters.as_handler import as_handler
from gradio_webrtc.handlers.base import AsyncStreamHandler, StreamHandler
from gradio_webrtc.handlers.emitted import AdditionalOutputs, CloseStream
from gradio_webrtc.handlers.protocol import EndOfStream
from gradio_webrtc.media import file_source
from gradio_webrtc.media.timed_media import TimedAudio, TimedPicture
from tests.support.emissions import ArrayFrame, emitted
from tests.support.encoded_files import encode_audio, encode_video, number_of, slices, tone

RATE = 44_100
MP3 = encode_audio(tone(0.5, RATE, 441.0), "mp3", RATE)
MP4 = encode_video(0.5, samples=tone(0.5))
RAW = (48_000, np.zeros((1, 4800), np.int16))


class Speaker(StreamHandler):
    """Emits what the test puts into its queue."""

    queue: queue.Queue

    def __init__(self, values=()):
        super().__init__()
        self.values = values

    def start_up(self):
        self.queue = queue.Queue()
        for value in self.values:
            self.queue.put(value)
        Speaker.running = self

    def receive(self, frame):
        pass

    def emit(self):
        return self.queue.get()

    def copy(self):
        return Speaker(self.values)


class AsyncSpeaker(AsyncStreamHandler):
    def __init__(self, values=()):
        super().__init__()
        self.values = values
        self.queue: asyncio.Queue = asyncio.Queue()

    async def start_up(self):
        for value in self.values:
            self.queue.put_nowait(value)

    async def receive(self, frame):
        pass

    async def emit(self):
        return await self.queue.get()

    def copy(self):
        return AsyncSpeaker(self.values)


def generator(values):
    yield from values


async def async_generator(values):
    for value in values:
        yield value


def running(fn, modality="audio", mode="receive"):
    return as_handler(fn, mode=mode, modality=modality)()


def samples(value):
    """Return the number of samples of an emitted chunk, with or without outputs beside it."""
    if isinstance(value, tuple) and not isinstance(value[0], int):
        value = value[0]
    if isinstance(value, TimedAudio):
        value = value.chunk
    return value[1].shape[-1]


def is_raw(value):
    return isinstance(value, tuple) and value[1] is RAW[1]


async def everything(handler, kind="audio", into=None):
    values = [] if into is None else into
    try:
        while True:
            values.append(await emitted(handler, kind))
    except EndOfStream:
        return values


@pytest.fixture(params=["generator", "async generator", "handler", "async handler"])
def emitting(request):
    """Make a running handler that emits the given values and then, if it can, ends."""

    def make(*values):
        if request.param == "handler":
            return running(Speaker((*values, CloseStream())), mode="send-receive")
        if request.param == "async handler":
            return running(AsyncSpeaker((*values, CloseStream())), mode="send-receive")
        many = generator if request.param == "generator" else async_generator
        return running(lambda: many((*values, CloseStream())))

    return make


async def until_close(handler):
    values = []
    while True:
        value = await emitted(handler, "audio")
        if isinstance(value, CloseStream):
            return values
        values.append(value)


async def until_blocked(handler):
    """Take what comes until nothing does; return the pending ``emit``."""
    while True:
        waiting = asyncio.ensure_future(emitted(handler, "audio"))
        done, _ = await asyncio.wait({waiting}, timeout=0.5)
        if not done:
            return waiting
        assert waiting.result()[0] == RATE


async def test_everything_that_emits_may_emit_encoded_sound(emitting, link, tmp_path):
    path = tmp_path / "word.wav"
    path.write_bytes(encode_audio(tone(0.5), "wav"))
    handler = emitting(MP3, RAW, str(path), path, io.BytesIO(MP3), b"", RAW)
    await handler.start(link)
    values = await until_close(handler)
    await handler.aclose()
    assert all(isinstance(value, tuple) and isinstance(value[1], np.ndarray) for value in values)
    raw = [index for index, value in enumerate(values) if is_raw(value)]
    assert len(raw) == 2
    assert sum(map(samples, values[: raw[0]])) == round(0.5 * RATE)
    files = values[raw[0] + 1 : raw[1]]
    assert sum(samples(value) for value in files if value[0] == 48_000) == 48_000
    assert sum(samples(value) for value in files if value[0] == RATE) == round(0.5 * RATE)


async def test_slices_from_a_service_are_one_stream(emitting, link):
    handler = emitting(*slices(MP3, [611, 3, 1000]))
    await handler.start(link)
    values = await until_close(handler)
    await handler.aclose()
    came = np.concatenate([value[1][0] for value in values])
    assert came.size == round(0.5 * RATE)
    assert np.abs(came - tone(0.5, RATE, 441.0))[1000:-1000].max() < 0.05


async def test_the_end_of_a_word_is_not_held_back(link):
    """All of it is there although nothing more comes, and nobody says that nothing will."""
    for data, total in ((MP3, 22_050), (encode_audio(tone(0.5), "mpegts"), 24_000)):
        handler = running(Speaker((data,)), mode="send-receive")
        await handler.start(link)
        came = 0
        while came < total:
            came += samples(await asyncio.wait_for(emitted(handler, "audio"), 20))
        await handler.aclose()


async def test_values_after_a_pause_continue_a_stream(link):
    pieces = list(slices(MP3, [len(MP3) // 2 + 7]))
    handler = running(Speaker(pieces[:1]), mode="send-receive")
    await handler.start(link)
    came = []
    while sum(chunk.shape[-1] for chunk in came) < 9000:
        came.append((await emitted(handler, "audio"))[1])
    waiting = asyncio.ensure_future(emitted(handler, "audio"))
    await asyncio.sleep(0.4)
    for piece in (*pieces[1:], CloseStream()):
        Speaker.running.queue.put(piece)
    value = await waiting
    while not isinstance(value, CloseStream):
        came.append(value[1])
        value = await emitted(handler, "audio")
    await handler.aclose()
    sound = np.concatenate(came, axis=1)[0]
    assert np.abs(sound - tone(0.5, RATE, 441.0))[1000:-1000].max() < 0.05


async def test_outputs_go_out_with_the_first_frame(emitting, link):
    first, second, third = (AdditionalOutputs(number) for number in range(3))
    handler = emitting((MP3, first), (b"", second), (MP3, third))
    await handler.start(link)
    values = await until_close(handler)
    await handler.aclose()
    assert values[0][1] is first
    places = [
        index
        for index, value in enumerate(values)
        if value is second or (isinstance(value, tuple) and value[-1] is third)
    ]
    assert len(places) == 2
    assert places == sorted(places)
    before = sum(samples(value) for value in values[: places[0]])
    assert before <= round(0.5 * RATE)
    total = sum(samples(v) for v in values if not isinstance(v, AdditionalOutputs))
    assert total == 2 * round(0.5 * RATE)


async def test_a_stream_closes_after_the_file_beside_its_close(link):
    close = CloseStream("Bye")
    handler = running(lambda: generator([(MP3, close)]))
    await handler.start(link)
    values = [await emitted(handler, "audio")]
    while values[-1] is not close:
        values.append(await emitted(handler, "audio"))
    await handler.aclose()
    assert sum(map(samples, values[:-1])) == round(0.5 * RATE)


async def test_decoding_waits_for_the_consumer(link, tmp_path):
    """A long file is read as it is played and not ahead of it."""
    path = tmp_path / "long.wav"
    path.write_bytes(encode_audio(tone(60.0), "wav"))
    with path.open("rb") as file:
        handler = running(lambda: generator([file]))
        await handler.start(link)
        for _ in range(3):
            await emitted(handler, "audio")
        await asyncio.sleep(0.2)
        assert file.tell() < 100_000
        await handler.aclose()


class TestClearing:
    async def test_a_file_that_is_being_decoded_stops(self, link):
        long = encode_audio(tone(30.0, 8000), "wav", 8000)
        handler = running(Speaker((long,)), mode="send-receive")
        await handler.start(link)
        await emitted(handler, "audio")
        Speaker.running.clear_queue()
        await asyncio.sleep(0)
        Speaker.running.queue.put(MP3)
        values = [await emitted(handler, "audio")]
        while sum(map(samples, values)) < round(0.5 * RATE):
            values.append(await emitted(handler, "audio"))
        await handler.aclose()
        assert {value[0] for value in values} == {RATE}
        assert link.cleared == 1

    async def test_what_blocks_holds_up_nothing(self, link):
        """A file object that gives nothing more does not keep the next one from being played."""
        reader, writer = os.pipe()
        os.write(writer, MP3[:4000])
        with os.fdopen(reader, "rb") as pipe:
            handler = running(Speaker((pipe,)), mode="send-receive")
            await handler.start(link)
            waiting = await until_blocked(handler)
            Speaker.running.clear_queue()
            await asyncio.sleep(0)
            Speaker.running.queue.put(RAW)
            assert is_raw(await asyncio.wait_for(waiting, 20))
            os.close(writer)
            await handler.aclose()


class TestClosing:
    async def test_while_a_pipe_gives_nothing(self, link):
        reader, writer = os.pipe()
        os.write(writer, MP3[:4000])
        with os.fdopen(reader, "rb") as pipe:
            handler = running(lambda: generator([pipe]))
            await handler.start(link)
            waiting = await until_blocked(handler)
            waiting.cancel()
            began = time.monotonic()
            await handler.aclose()
            assert time.monotonic() - began < 1.5
            os.close(writer)

    async def test_while_a_python_object_gives_nothing(self, link):
        class Stuck:
            name = "stuck.mp3"
            event = threading.Event()
            given = False

            def read(self, size):
                if not self.given:
                    self.given = True
                    return MP3[:4000]
                self.event.wait()
                return b""

        handler = running(lambda: generator([Stuck()]))
        await handler.start(link)
        waiting = await until_blocked(handler)
        waiting.cancel()
        began = time.monotonic()
        await handler.aclose()
        assert time.monotonic() - began < 1.5

    async def test_in_the_middle_of_slices(self, link):
        handler = running(Speaker((MP3[:4000],)), mode="send-receive")
        await handler.start(link)
        waiting = await until_blocked(handler)
        waiting.cancel()
        await handler.aclose()


class TestPictures:
    async def test_a_video_function_may_return_files(self, link):
        for fn in (lambda frame: MP4, lambda frame: generator([MP4])):
            handler = running(fn, "video", "send-receive")
            await handler.start(link)
            await handler.receive_video(ArrayFrame(np.zeros((4, 4, 3), np.uint8)))
            values = [await emitted(handler, "video") for _ in range(15)]
            await handler.aclose()
            assert all(isinstance(value, TimedPicture) for value in values)
            assert [number_of(value.picture) for value in values] == list(range(15))
            times = [number / 30 for number in range(15)]
            assert [value.time for value in values] == pytest.approx(times, abs=0.001)

    async def test_files_follow_each_other_on_one_timeline(self, link):
        handler = running(lambda: generator([MP4, MP4]), "video")
        await handler.start(link)
        values = await everything(handler, "video")
        await handler.aclose()
        times = [number / 30 for number in range(30)]
        assert [value.time for value in values] == pytest.approx(times, abs=0.002)

    async def test_an_image_file_is_a_picture(self, link):
        image = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 200, np.uint8), "rgb24")
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="image2pipe") as container:
            stream = container.add_stream("png", rate=1, width=64, height=48, pix_fmt="rgb24")
            container.mux(stream.encode(image))
            container.mux(stream.encode(None))
        handler = running(lambda: generator([buffer.getvalue()]), "video")
        await handler.start(link)
        (value,) = await everything(handler, "video")
        await handler.aclose()
        assert (value.picture.width, value.picture.height) == (64, 48)


class TestBoth:
    async def test_one_file_gives_sound_and_pictures_on_one_timeline(self, link):
        handler = running(lambda: generator([MP4, RAW, MP4]), "audio-video")
        await handler.start(link)
        sound, shown = await asyncio.gather(
            everything(handler, "audio"), everything(handler, "video")
        )
        await handler.aclose()
        assert sum(map(samples, sound)) == 24_000 + 4800 + 24_000
        assert len(shown) == 30
        assert shown[15].time == pytest.approx(0.6, abs=0.01)  # after the raw sound as well
        raw = next(index for index, value in enumerate(sound) if is_raw(value))
        assert isinstance(sound[raw + 1], TimedAudio)
        assert sound[raw + 1].time == pytest.approx(0.6, abs=0.001)


class TestFileSource:
    @pytest.mark.parametrize("delegated", [False, True])
    async def test_plays_a_file(self, delegated, link, tmp_path):
        path = tmp_path / "clip.mp4"
        path.write_bytes(MP4)

        def delegating():
            yield from file_source(path)

        handler = running(delegating if delegated else lambda: file_source(path))
        await handler.start(link)
        values = await everything(handler)
        await handler.aclose()
        assert sum(map(samples, values)) == 24_000

    async def test_a_part_of_a_file_in_a_loop(self, link, tmp_path):
        path = tmp_path / "clip.mp4"
        path.write_bytes(encode_video(2.0, samples=tone(2.0)))
        source = file_source(path, loop=True, start=0.5, duration=0.5, audio=False)
        handler = running(lambda: source, "video")
        await handler.start(link)
        values = [await emitted(handler, "video") for _ in range(40)]
        await handler.aclose()
        assert [number_of(value.picture) for value in values] == [15 + n % 15 for n in range(40)]
        times = [number / 30 for number in range(40)]
        assert [value.time for value in values] == pytest.approx(times, abs=0.04)


async def test_a_damaged_file_is_played_up_to_the_damage(link, tmp_path):
    options = {"movflags": "faststart"}
    mp4 = encode_audio(tone(2.0), "mp4", options=options, path=tmp_path / "a.mp4")
    outputs = AdditionalOutputs("text")
    handler = running(lambda: generator([(mp4[: len(mp4) // 2], outputs)]))
    await handler.start(link)
    values = []
    with pytest.raises(MediaFileError, match=r"bytes of \d+: it is damaged"):
        await everything(handler, into=values)
    await handler.aclose()
    assert 0.6 < sum(map(samples, values)) / RATE < 1.2


async def test_what_a_handler_raises_comes_after_the_file(link):
    def failing():
        yield MP3
        raise RuntimeError("the service is gone")

    handler = running(failing)
    await handler.start(link)
    values = []
    with pytest.raises(RuntimeError, match="the service is gone"):
        await everything(handler, into=values)
    await handler.aclose()
    assert sum(map(samples, values)) == round(0.5 * RATE)
