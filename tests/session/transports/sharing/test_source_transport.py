"""What a source emits, on its way to all viewers."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.emitted_media import EmittedAudio, EmittedVideo
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.session import messages
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.media_preferences import MediaPreferences
from gradio_webrtc.transports.sharing.audience import Audience
from gradio_webrtc.transports.sharing.source_transport import SourceTransport
from gradio_webrtc.transports.sharing.viewer import VIDEO_WAITING, Viewer
from tests.support.sessions import Bench, open_session, start_session, until

KINDS: tuple[MediaKind, ...] = ("audio", "video")
PICTURE = EmittedVideo(np.zeros((48, 64, 3), np.uint8))
SOUND = EmittedAudio(48_000, np.full((1, 4800), 999, np.int16))


class Stage:
    """A source and its viewers; the session of the source only listens."""

    def __init__(self) -> None:
        self.audience = Audience()
        self.source = start_session(webrtc_id="source").session
        preferences = MediaPreferences()
        self.wire = SourceTransport(self.source, self.audience, KINDS, FrameRate(30), preferences)
        self.benches: list[Bench] = []

    async def seat(self) -> Viewer:
        viewer = Viewer()
        viewer.codec, viewer.audio_form = "VP8", "opus"
        self.benches.append(await open_session(webrtc_id=str(len(self.benches))))
        self.audience.add(viewer, self.benches[-1].session)
        self.wire.join(viewer)
        return viewer

    async def close(self) -> None:
        await self.wire.aclose()
        for session in (self.source, *(bench.session for bench in self.benches)):
            await session.aclose()


async def test_both_kinds_reach_all_viewers_encoded_once() -> None:
    stage = Stage()
    viewers = [await stage.seat(), await stage.seat()]
    await stage.wire.play_video(PICTURE)
    await stage.wire.play_audio(SOUND)
    for viewer in viewers:
        await until(lambda viewer=viewer: len(viewer.audio) >= 5 and len(viewer.video) >= 1)
    assert stage.wire.video.encoded <= 2  # once more for a key frame that was asked for
    assert await viewers[0].audio.next() is await viewers[1].audio.next()
    await stage.close()


async def test_who_joins_while_nothing_comes_is_sent_the_last_picture() -> None:
    stage = Stage()
    early = await stage.seat()
    await stage.wire.play_video(PICTURE)
    await until(lambda: len(early.video) > 0)
    await asyncio.sleep(0.6)  # until the key frame is no beginning any more
    late = await stage.seat()
    await until(lambda: len(late.video) > 0)
    frame = await late.video.next()
    assert frame is not None
    assert frame.key
    await stage.close()


async def test_one_who_takes_nothing_holds_up_neither_the_others_nor_the_end() -> None:
    stage = Stage()
    stuck, other = await stage.seat(), await stage.seat()
    for _ in range(VIDEO_WAITING + 15):
        await stage.wire.play_video(PICTURE)
        while len(other.video):
            await other.video.next()
    assert len(stuck.video) <= VIDEO_WAITING
    await stage.wire.drain()
    await stage.close()


async def test_what_the_source_says_is_said_to_all() -> None:
    stage = Stage()
    await stage.seat()
    stage.wire.send(messages.info("Half-time."))
    stage.wire.send_text("2:1")
    [bench] = stage.benches
    assert [each.data for each in bench.transport.messages] == ["Half-time."]
    assert bench.transport.texts == ["2:1"]
    await stage.close()


async def test_frames_that_cannot_be_encoded_end_the_source(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Stage()

    async def fail(*_: object) -> None:
        raise ValueError("no such encoder")

    monkeypatch.setattr(stage.wire.video, "send", fail)
    await stage.seat()
    await stage.wire.play_video(PICTURE)
    await until(lambda: stage.source.ending is not None)
    assert stage.source.ending is not None
    assert stage.source.ending.reason is CloseReason.TRANSPORT_FAILED
    assert "no such encoder" in caplog.text
    await stage.close()
