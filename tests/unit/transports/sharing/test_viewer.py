"""One viewer of a shared source: bounded, and never in anybody's way."""

from __future__ import annotations

import asyncio

from gradio_webrtc.media.sharing.key_frame_group import PackedFrame
from gradio_webrtc.transports.sharing.viewer import AUDIO_WAITING, VIDEO_WAITING, Viewer


def frame(number: int, *, key: bool = False) -> PackedFrame:
    return PackedFrame((b"",), number, key)


async def taken(viewer: Viewer) -> list[int]:
    found = []
    while len(viewer.video):
        item = await viewer.video.next()
        assert item is not None
        found.append(item.timestamp)
    return found


async def test_nothing_is_sent_before_a_key_frame() -> None:
    viewer = Viewer()
    for each in (frame(1), frame(2, key=True), frame(3)):
        viewer.show(each)
    assert await taken(viewer) == [2, 3]


async def test_who_is_a_second_behind_goes_on_with_a_key_frame_and_asks_for_one_once() -> None:
    asked: list[Viewer] = []
    viewer = Viewer(asked.append)
    viewer.show(frame(0, key=True))
    for number in range(1, VIDEO_WAITING + 10):
        viewer.show(frame(number))
        assert len(viewer.video) <= VIDEO_WAITING
    assert asked == [viewer]
    assert await taken(viewer) == []
    viewer.show(frame(100, key=True))
    viewer.show(frame(101))
    assert await taken(viewer) == [100, 101]


async def test_of_audio_the_newest_half_second_is_kept() -> None:
    viewer = Viewer()
    for number in range(AUDIO_WAITING + 5):
        viewer.play(frame(number))
    assert len(viewer.audio) == AUDIO_WAITING
    first = await viewer.audio.next()
    assert isinstance(first, PackedFrame)
    assert first.timestamp == 5


async def test_all_who_wait_are_let_go_at_the_end() -> None:
    viewer = Viewer()
    waiting = [asyncio.create_task(lane.next()) for lane in (viewer.video, viewer.audio)]
    viewer.play(frame(1))
    draining = asyncio.create_task(viewer.audio.drain())
    await asyncio.sleep(0)
    viewer.end()
    done, _ = await asyncio.wait([*waiting, draining], timeout=30)
    assert len(done) == 3
    assert waiting[0].result() is None
