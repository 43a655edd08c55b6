"""Audio of clients without Opus: ordered, decoded where it arrives, its end told once."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtp import RtpPacket

from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.receiving.stale_packets import StalePackets
from gradio_webrtc.transports.receiving.g7xx_audio import G7xxDecoder

PCMU = RTCRtpCodecParameters("audio/PCMU", 8000, 1, 0)
SAMPLES = 160
LOUD = bytes([0x90] * SAMPLES)
"""A constant level, in the companded form of ITU-T G.711."""


def in_time() -> StalePackets:
    """Return what never finds a packet too old."""
    return StalePackets(lambda: False, lambda late: None)


def packet(number: int, payload: bytes = LOUD) -> RtpPacket:
    result = RtpPacket(payload_type=0, sequence_number=number, timestamp=number * SAMPLES)
    result.payload = payload
    return result


@pytest.mark.parametrize("channels", [1, 2])
def test_packets_become_sound_in_the_layout_asked_for(channels: int) -> None:
    came: list[Pcm] = []
    decoder = G7xxDecoder(came.append, lambda: 0.0, lambda: None, channels, in_time())
    for number in (0, 1, 3, 2, *range(4, 20)):
        decoder.add(packet(number), PCMU)
    assert 10 <= len(came) <= 20
    assert {(pcm.sample_rate, pcm.samples.shape) for pcm in came} == {(8000, (channels, SAMPLES))}
    assert len({int(value) for pcm in came for value in pcm.samples.ravel()}) == 1
    assert np.abs(came[0].samples.astype(int)).min() > 5000


def test_the_end_is_told_once() -> None:
    ends: list[str] = []
    decoder = G7xxDecoder(lambda pcm: None, lambda: 0.0, lambda: ends.append("end"), 1, in_time())
    decoder.end()
    decoder.end()
    assert ends == ["end"]


def test_the_connections_log_stays_quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    decoder = G7xxDecoder(lambda pcm: None, lambda: 0.0, lambda: None, 1, in_time())
    for number in range(50):
        decoder.add(packet(number, bytes([number])), PCMU)
    assert caplog.records == []
