"""The outgoing tracks of a connection, together."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.recording.recorder import NoRecorder, Recorder
from gradio_webrtc.transports.sending.outgoing_media import OutgoingMedia

pytestmark = pytest.mark.looptime


def sending(*kinds: Any, recorder: Recorder | None = None) -> OutgoingMedia:
    return OutgoingMedia(kinds, FrameRate(30), recorder or NoRecorder())


async def play_audio(outgoing: OutgoingMedia, seconds: float) -> None:
    samples = np.full((1, round(48_000 * seconds)), 4000, np.int16)
    await outgoing.audio_sink.play(EmittedAudio(48_000, samples))


@pytest.mark.parametrize("kinds", [(), ("audio",), ("video",), ("audio", "video")])
async def test_there_is_a_track_for_each_kind_that_is_sent(kinds: tuple[str, ...]) -> None:
    outgoing = sending(*kinds)
    assert (outgoing.audio is not None, outgoing.video is not None) == (
        *("audio" in kinds, "video" in kinds),
    )
    assert outgoing.track("audio") is outgoing.audio
    assert outgoing.track("video") is outgoing.video
    outgoing.stop()


async def test_a_connection_that_sends_nothing_is_asked_for_everything_in_vain() -> None:
    outgoing = sending()
    playback = outgoing.playback
    for ask in (playback.clear, playback.hold, playback.release, outgoing.repeat_picture):
        ask()
    await outgoing.drain()
    assert outgoing.playback.played_s == 0.0
    await play_audio(outgoing, 1.5)
    assert asyncio.get_running_loop().time() == pytest.approx(1.5, abs=0.01)
    outgoing.stop()


async def test_what_goes_out_is_played_and_told_to_the_recorder() -> None:
    sent: list[Any] = []

    class Sent(NoRecorder):
        def audio_sent(self, pcm: Any) -> None:
            sent.append(pcm)

    outgoing = sending("audio", recorder=Sent())
    await play_audio(outgoing, 0.1)
    assert outgoing.audio is not None
    for _ in range(5):
        await outgoing.audio.recv()
    assert len(sent) == 5
    assert outgoing.playback.played_s == pytest.approx(0.1, abs=0.021)
    outgoing.stop()


async def test_draining_waits_for_what_is_queued() -> None:
    outgoing = sending("audio", "video")
    await play_audio(outgoing, 0.3)
    draining = asyncio.ensure_future(outgoing.drain())
    await asyncio.sleep(0.01)
    assert not draining.done()
    outgoing.stop()
    await asyncio.wait_for(draining, 1)
