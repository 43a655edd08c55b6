"""Video decoded on a thread of its own: in order, bounded, and gone at the end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import av
import pytest_asyncio

from gradio_webrtc.media.video.encoded_video import EncodedFrame
from gradio_webrtc.transports.receiving.video_decoding import MAX_UNDELIVERED, DecodingThread
from tests.support.raw_media import encode
from tests.support.sessions import until

SIZE = (64, 48)


class Decoding:
    """A decoder's thread and what came of it."""

    def __init__(self) -> None:
        self.pictures: list[tuple[float, int]] = []
        self.failures = 0
        self.thread = DecodingThread("VP8", SIZE, self._deliver, self._fail)
        self.frames = [
            EncodedFrame(data, 3000 * number, key=number == 0, arrival=float(number))
            for number, data in enumerate(encode("libvpx", *SIZE, 10))
        ]

    def _deliver(self, picture: av.VideoFrame, arrival: float) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.pictures.append((arrival, picture.width))

    def _fail(self) -> None:
        self.failures += 1


@pytest_asyncio.fixture
async def decoding() -> AsyncIterator[Decoding]:
    made = Decoding()
    yield made
    made.thread.close()
    await made.thread.ended()
    await until(lambda: "decode-VP8" not in [each.name for each in threading.enumerate()])


async def test_pictures_come_in_order_with_their_arrival(decoding: Decoding) -> None:
    for number, frame in enumerate(decoding.frames):
        assert decoding.thread.put(frame)
        await until(lambda number=number: len(decoding.pictures) > number)
    assert decoding.pictures == [(float(number), SIZE[0]) for number in range(10)]
    assert (decoding.failures, decoding.thread._queue.dropped) == (0, 0)


async def test_a_damaged_frame_is_told_of_and_the_next_key_frame_is_seen(
    decoding: Decoding,
) -> None:
    decoding.thread.put(EncodedFrame(b"\x00\x01\x02", 0, key=True, arrival=0.0))
    await until(lambda: decoding.failures)
    decoding.thread.put(decoding.frames[0])
    await until(lambda: decoding.pictures)


async def test_while_the_event_loop_stands_still_decoding_does_too(decoding: Decoding) -> None:
    for frame in decoding.frames:
        decoding.thread.put(frame)
    time.sleep(0.1)  # noqa: ASYNC251 - the event loop of somebody's blocking code
    await asyncio.sleep(0)
    assert len(decoding.pictures) <= MAX_UNDELIVERED
    await until(lambda: len(decoding.pictures) == 10)


async def test_nothing_comes_after_it_was_closed(decoding: Decoding) -> None:
    for frame in decoding.frames:
        decoding.thread.put(frame)
    decoding.thread.close()
    await decoding.thread.ended()
    assert decoding.thread.put(decoding.frames[0]), "nobody has to send a key frame any more"
    await asyncio.sleep(0.02)
    assert decoding.pictures == []
