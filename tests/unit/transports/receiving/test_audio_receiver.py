"""Opus packets: each is sound at once, and one that is lost is concealed in time."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from numpy.typing import NDArray

from gradio_webrtc.media.audio.opus import OpusEncoder
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.receiving.stale_packets import StalePackets
from gradio_webrtc.transports.receiving.audio_receiver import AudioDecoder
from tests.support.synthetic_speech import say

pytestmark = pytest.mark.looptime

CODEC = RTCRtpCodecParameters("audio/opus", 48_000, 2)
FRAME = 960


class Line:
    """A sender of a tone and the decoder of its packets."""

    def __init__(
        self,
        channels: int = 1,
        encoder: OpusEncoder | None = None,
        sound: Int16Array | None = None,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.came: list[tuple[float, Pcm]] = []
        self.unread = False
        self.dropped: list[float] = []
        stale = StalePackets(lambda: self.unread, self.dropped.append)
        self.decoder = AudioDecoder(self.deliver, self.loop, channels, stale)
        encoder = encoder or OpusEncoder(bitrate=64_000, application="audio")
        at = np.arange(20 * FRAME) / 48_000
        tone = (8000 * np.sin(2 * np.pi * 440 * at)).astype(np.int16)[np.newaxis]
        whole = tone if sound is None else sound
        self.payloads = [
            bytes(encoder.encode(whole[:, start : start + FRAME], start))
            for start in range(0, whole.shape[1] - FRAME + 1, FRAME)
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

    def heard(self) -> NDArray[np.float64]:
        """Return the first channel of all that came."""
        return np.concatenate([pcm.samples[0] for _, pcm in self.came]).astype(np.float64)


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


@pytest.mark.parametrize("lost", [[7], [7, 8, 9], [*range(7, 16)]])
@pytest.mark.parametrize("speech", [True, False])
async def test_what_is_lost_is_as_long_as_it_was(lost: list[int], speech: bool) -> None:
    encoder = OpusEncoder(bitrate=32_000, application="voip", expected_loss=15)
    line = Line(encoder=encoder if speech else None)
    for number in range(20):
        if number not in lost:
            line.send(number)
    line.decoder.close()
    assert line.samples == 20 * FRAME


async def test_a_lost_packet_is_decoded_from_the_copy_in_the_one_behind_it() -> None:
    spoken = say("Turn the light in the kitchen off.")[np.newaxis]

    def error(expected_loss: int) -> float:
        """Return how much of what was spoken is missing where packets were lost."""
        encoders = [OpusEncoder(1, 32_000, 5, "voip", expected_loss) for _ in range(2)]
        clean, lossy = (
            Line(encoder=encoders[0], sound=spoken),
            Line(encoder=encoders[1], sound=spoken),
        )
        for number in range(len(clean.payloads)):
            clean.send(number)
            if number % 4 != 2:
                lossy.send(number)
        for line in (clean, lossy):
            line.decoder.close()
        whole, heard = clean.heard(), lossy.heard()
        gaps = [slice(at * FRAME, (at + 1) * FRAME) for at in range(2, len(heard) // FRAME, 4)]
        wrong = sum(np.sum((whole[gap] - heard[gap]) ** 2) for gap in gaps)
        return float(wrong / sum(np.sum(whole[gap] ** 2) for gap in gaps))

    assert error(15) < 0.5 * error(0)


async def test_a_closed_one_waits_for_nothing() -> None:
    line = Line()
    line.send(0)
    line.send(2)
    line.decoder.close()
    await asyncio.sleep(1)
    assert line.samples == FRAME


async def test_after_what_was_too_old_it_goes_on_at_once_and_fills_nothing_in() -> None:
    line = Line(sound=np.full((1, 200 * FRAME), 8000, np.int16))
    line.unread = True
    for number in range(200):
        line.send(number)
        if not line.dropped:
            await asyncio.sleep(0.04)  # half as fast as they come, and then all that waits
    line.decoder.close()
    read = 200 - len(line.dropped)
    assert len(line.dropped) > 40
    assert line.dropped[-1] < 0.3 < line.dropped[0]
    assert read * FRAME < line.samples < (read + 1) * FRAME
