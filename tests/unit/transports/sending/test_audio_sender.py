"""What is recorded of the app is what went onto the wire."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from av import Packet

from gradio_webrtc.media.audio.opus import has_speech_coder
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.emitted_media import parse_audio
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.transports.sending.audio_sender import AudioSender


@pytest.mark.looptime
async def test_what_was_cleared_was_not_sent() -> None:
    sent: list[Pcm] = []
    playback = OutgoingAudio(sent=sent.append)
    track = AudioSender(playback)
    await playback.play(parse_audio((48_000, np.full(24_000, 4000, np.int16))))
    for _ in range(5):
        await track.recv()
    playback.clear()
    # Fades out within the next frames, and then there is nothing to send.
    for _ in range(20):
        try:
            await asyncio.wait_for(track.recv(), 1)
        except asyncio.TimeoutError:
            break
    track.stop()
    loud = [pcm for pcm in sent if np.abs(pcm.samples).max() > 2000]
    assert 5 <= len(loud) <= 7
    assert {pcm.samples.shape for pcm in sent} == {(1, 960)}


@pytest.mark.looptime
@pytest.mark.parametrize(("copies", "fraction"), [(True, 0.1), (True, 0.0), (False, 0.1)])
async def test_losses_that_are_reported_are_answered_with_copies_for_who_can_use_them(
    copies: bool, fraction: float
) -> None:
    playback = OutgoingAudio(sent=lambda _: None)
    track = AudioSender(playback)
    track.use_opus(copies=copies)
    track.lost(fraction, 0.0)
    await playback.play(parse_audio((48_000, np.full(4_800, 4000, np.int16))))
    packet = await track.recv()
    assert isinstance(packet, Packet)
    assert has_speech_coder(bytes(packet)) == (copies and fraction > 0)
    track.stop()
