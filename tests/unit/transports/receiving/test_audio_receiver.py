"""Opus packets: each is sound at once, and one that is lost is concealed in time."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from gradio_webrtc.media.audio.opus import OpusEncoder
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.transports.receiving.audio_receiver import AudioDecoder

pytestmark = pytest.mark.looptime

CODEC = RTCRtpCodecParameters("audio/opus", 48_000, 2)
FRAME = 960


class Line:
    """A sender of a tone and the decoder of its packets."""

    def __init__(self, channels: int = 1) -> None:
        self.loop = asyncio.get_running_loop()
        self.came: list[tuple[float, Pcm]] = []
        self.decoder = AudioDecoder(self.deliver, self.loop, channels)
        encoder = OpusEncoder(bitrate=64_000, application="audio")
        at = np.arange(20 * FRAME) / 48_000
        tone = (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)[np.newaxis]
        self.payloads = [
            bytes(encoder.encode(tone[:, start : start + FRAME], start))
            for start in range(0, tone.shape[1], FRAME)
        ]

    def deliver(self, pcm: Pcm) -> None:
        self.came.append((self.loop.time(), pcm))

    def send(self, number: int) -> None:
        packet: Any = SimpleNamespace(
            sequence_number=number, timestamp=number * FRAME, payload=self.payloads[number]
        )
        self.decoder.add(packet, CODEC)

    @property
    def samples(self) -> int:
        return sum(pcm.samples.shape[1] for _, pcm in self.came)


@pytest.mark.parametrize("channels", [1, 2])
async def test_each_packet_is_sound_at_once_in_the_layout_asked_for(channels: int) -> None:
    line = Line(channels)
    for number in range(5):
        line.send(number)
        assert len(line.came) == number + 1
    assert {(pcm.sample_rate, pcm.samples.shape) for _, pcm in line.came} == {
        (48_000, (channels, FRAME))
    }
    assert np.abs(line.came[-1][1].samples).max() > 4000
    line.decoder.close()


async def test_packets_in_disorder_are_put_in_order_without_a_gap() -> None:
    line = Line()
    for number in (0, 2, 1, 3):
        line.send(number)
    line.decoder.close()
    assert line.samples == 4 * FRAME


async def test_a_packet_behind_a_lost_one_waits_sixty_milliseconds_at_most() -> None:
    line = Line()
    line.send(0)
    line.send(2)
    assert line.samples == FRAME
    await asyncio.sleep(1)
    assert line.samples == 3 * FRAME
    assert line.came[-1][0] == pytest.approx(0.06, abs=0.001)


async def test_a_closed_one_waits_for_nothing() -> None:
    line = Line()
    line.send(0)
    line.send(2)
    line.decoder.close()
    await asyncio.sleep(1)
    assert line.samples == FRAME
