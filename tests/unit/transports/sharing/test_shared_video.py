"""Video for many viewers, by the real encoders, decoded again."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
from aiortc.codecs import get_decoder
from aiortc.codecs.vpx import VpxPayloadDescriptor
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from av import VideoFrame

from gradio_webrtc.media.sharing.reception import Reception
from gradio_webrtc.media.video.encoded_video import DEPACKETISERS
from gradio_webrtc.transports.media_preferences import VideoCodec
from gradio_webrtc.transports.sharing.shared_video import SETTLED_SECONDS, SharedVideo
from gradio_webrtc.transports.sharing.viewer import Viewer

CODECS: list[VideoCodec] = ["VP8", "H264"]


def picture(number: int) -> VideoFrame:
    frame = VideoFrame.from_ndarray(np.full((120, 160, 3), number * 8 % 256, np.uint8), "rgb24")
    frame.pts, frame.time_base = number * 3000, Fraction(1, 90_000)
    return frame


class Show:
    """A source of numbered pictures with its viewers."""

    def __init__(self) -> None:
        self.repeats = 0
        self.viewers: list[Viewer] = []
        self.video = SharedVideo(None, self._repeat)
        self._number = 0

    def _repeat(self) -> None:
        self.repeats += 1

    def join(self, codec: VideoCodec) -> Viewer:
        viewer = Viewer(self.video.ask_key_frame)
        viewer.codec = codec
        self.viewers.append(viewer)
        self.video.join(viewer)
        return viewer

    async def run(self, count: int) -> None:
        for _ in range(count):
            self._number += 1
            await self.video.send(picture(self._number), lambda: self.viewers)


def settle(viewer: Viewer, estimate: int) -> None:
    viewer.joined -= SETTLED_SECONDS
    viewer.reception.estimated(estimate, time.monotonic())


def lose(viewer: Viewer) -> None:
    """Let three of ten packets be lost of late."""
    for ago in (1.0, 0.0):
        viewer.reception.lost(0.3, time.monotonic() - ago)


async def decoded(viewer: Viewer, codec: VideoCodec) -> int:
    decoder = get_decoder(RTCRtpCodecParameters(f"video/{codec}", 90_000, payloadType=96))
    count = 0
    while len(viewer.video):
        frame = await viewer.video.next()
        assert frame is not None
        data = b"".join(DEPACKETISERS[codec](payload)[0] for payload in frame.payloads)
        count += len(decoder.decode(JitterFrame(data, frame.timestamp)))
    return count


@pytest.mark.parametrize("codec", CODECS)
async def test_each_frame_is_encoded_once_for_all_viewers(codec: VideoCodec) -> None:
    show = Show()
    viewers = [show.join(codec) for _ in range(20)]
    await show.run(5)
    assert show.video.encoded == 5
    assert [await decoded(viewer, codec) for viewer in viewers] == [5] * 20


async def test_and_once_for_each_codec() -> None:
    show = Show()
    viewers = {codec: [show.join(codec), show.join(codec)] for codec in CODECS}
    await show.run(4)
    assert show.video.encoded == 8
    assert [await decoded(each, codec) for codec in CODECS for each in viewers[codec]] == [4] * 4


@pytest.mark.parametrize("codec", CODECS)
async def test_who_joins_while_the_key_frame_is_young_is_up_to_date_at_once(
    codec: VideoCodec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradio_webrtc.media.sharing.key_frame_group.KEY_FRAME_INTERVAL", 1e6)
    show = Show()
    show.join(codec)
    await show.run(3)
    late = show.join(codec)
    assert await decoded(late, codec) == 3


@pytest.mark.parametrize("codec", CODECS)
async def test_who_joins_later_gets_a_key_frame_with_the_next_frame(
    codec: VideoCodec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradio_webrtc.media.sharing.key_frame_group.KEY_FRAME_INTERVAL", 0.0)
    show = Show()
    early = show.join(codec)
    await show.run(3)
    repeats = show.repeats
    late = show.join(codec)
    assert show.repeats == repeats + 1  # should the source show nothing new
    await show.run(1)
    assert await decoded(late, codec) == 1
    assert await decoded(early, codec) == 4


async def test_nothing_is_encoded_for_nobody() -> None:
    show = Show()
    await show.run(3)
    assert show.video.encoded == 0


async def test_what_newcomers_say_they_can_take_does_not_count_yet() -> None:
    show = Show()
    settled, new = show.join("VP8"), show.join("VP8")
    settled.reception.estimated(1_800_000, 0.0)
    new.reception.estimated(300_000, 0.0)
    settled.joined -= SETTLED_SECONDS
    await show.run(1)
    assert show.video.aims_at("VP8") == 1_800_000


@pytest.mark.parametrize("codec", CODECS)
async def test_who_cannot_follow_is_sent_fewer_bits_and_misses_no_frame(
    codec: VideoCodec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gradio_webrtc.media.sharing.key_frame_group.KEY_FRAME_INTERVAL", 0.0)
    show = Show()
    good, slow = show.join(codec), show.join(codec)
    await show.run(3)
    settle(good, 3_000_000)
    settle(slow, 300_000)
    lose(slow)
    await show.run(4)
    assert (good.quality, slow.quality) == ("full", "reduced")
    assert show.video.aims_at(codec) == 2_000_000
    assert show.video.aims_at(codec, "reduced") == 300_000
    assert show.video.encoded == 3 + 2 * 4

    slow.reception = Reception()  # as if what it lost were forgotten
    settle(slow, 1_900_000)
    await show.run(3)
    assert slow.quality == "full"
    assert show.video.encoded == 3 + 2 * 4 + 1 * 2 + 2  # until it was back: then one again
    assert [await decoded(each, codec) for each in (good, slow)] == [10, 10]


async def test_in_vp8_both_qualities_name_their_frames_alike() -> None:
    show = Show()
    good, slow = show.join("VP8"), show.join("VP8")
    settle(good, 3_000_000)
    settle(slow, 300_000)
    lose(slow)
    await show.run(5)
    ids: list[list[int | None]] = []
    for viewer in (good, slow):
        ids.append([])
        while len(viewer.video):
            frame = await viewer.video.next()
            assert frame is not None
            ids[-1].append(VpxPayloadDescriptor.parse(frame.payloads[0])[0].picture_id)
    assert ids == [[0, 1, 2, 3, 4]] * 2


async def test_losses_of_one_make_no_key_frames_for_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gradio_webrtc.media.sharing.key_frame_group.KEY_FRAME_INTERVAL", 0.0)
    show = Show()
    good, lossy = show.join("VP8"), show.join("VP8")
    settle(good, 3_000_000)
    settle(lossy, 3_000_000)
    lose(lossy)
    await show.run(2)
    assert show.video.aims_at("VP8", "reduced") <= show.video.aims_at("VP8") // 2
    for _ in range(5):
        show.video.ask_key_frame(lossy)
        await show.run(1)
    keys = []
    for viewer in (good, lossy):
        frames = [await viewer.video.next() for _ in range(len(viewer.video))]
        keys.append(sum(frame is not None and frame.key for frame in frames))
    assert keys == [1, 6]
