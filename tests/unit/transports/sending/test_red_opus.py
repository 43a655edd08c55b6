"""Packets that are sent again, under the payload type that says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest_asyncio
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpSendParameters
from aiortc.rtp import RtpPacket, is_rtcp

from gradio_webrtc.media.audio.opus import has_speech_coder
from gradio_webrtc.media.audio.red import unpack
from gradio_webrtc.media.emitted_media import parse_audio
from gradio_webrtc.media.outgoing_audio import OutgoingAudio
from gradio_webrtc.transports.aiortc_internals.sending import OwnSender, set_encoder
from gradio_webrtc.transports.sending.audio_redundancy import CALM_SECONDS
from gradio_webrtc.transports.sending.audio_sender import AudioSender
from gradio_webrtc.transports.sending.red_opus import RedOpus
from tests.support.sessions import until

OPUS, RED = 111, 63


def codec() -> RTCRtpCodecParameters:
    return RTCRtpCodecParameters("audio/opus", 48_000, 2, payloadType=OPUS)


def red_opus() -> RedOpus:
    transceiver: Any = SimpleNamespace(_codecs=[codec()], sender=SimpleNamespace())
    return RedOpus(transceiver, RED)


def packet(number: int) -> av.Packet[Any]:
    made: av.Packet[Any] = av.Packet(bytes([120, number]))
    made.pts = number * 960
    return made


def test_copies_are_as_many_as_wanted() -> None:
    red = red_opus()
    assert red.pack(packet(1)) == ([bytes([120, 1])], 960)
    for number, copies in ((2, 0), (3, 1), (4, 2), (5, 0)):
        red.copies = copies
        ([sent], timestamp) = red.pack(packet(number))
        assert timestamp == number * 960
        carried = [block.payload[1] for block in unpack(sent)] if copies else [sent[1]]
        assert carried == list(range(number - copies, number + 1))


def test_losses_are_answered_by_as_many_as_help_and_with_the_same_encoder() -> None:
    red = red_opus()
    track = AudioSender.__new__(AudioSender)
    AudioSender.use_opus(track, copies=True, red=red)
    for fraction, now, copies in (
        (0.0, 0.0, 0),
        (0.03, 5.0, 1),
        (0.15, 8.0, 2),
        (0.0, 9.0, 2),
        (0.0, 9.0 + CALM_SECONDS, 0),
        (0.02, 30.0, 1),
    ):
        track.lost(fraction, now)
        assert red.copies == copies, (fraction, now)


@pytest_asyncio.fixture
async def pc() -> AsyncIterator[RTCPeerConnection]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    yield connection
    await connection.close()


async def test_the_wire_has_plain_opus_until_copies_are_wanted(pc: RTCPeerConnection) -> None:
    playback = OutgoingAudio()
    track = AudioSender(playback)
    transceiver: Any = pc.addTransceiver(track)
    transceiver._codecs = [codec()]
    OwnSender.replace(transceiver)
    sent: list[RtpPacket] = []

    async def send_rtp(data: bytes) -> None:
        if not is_rtcp(data):
            sent.append(RtpPacket.parse(data))

    transceiver.sender.transport._send_rtp = send_rtp
    red = RedOpus(transceiver, RED)
    track.use_opus(red=red)
    set_encoder(transceiver.sender, red)
    await transceiver.sender.send(RTCRtpSendParameters(codecs=transceiver._codecs))
    sound = parse_audio((48_000, np.full(9_600, 4000, np.int16)))
    await playback.play(sound)
    await until(lambda: len(sent) >= 10)
    assert {each.payload_type for each in sent} == {OPUS}
    track.lost(0.1, 0.0)
    count = len(sent)
    await playback.play(sound)
    await until(lambda: len(sent) >= count + 10)
    again = [each for each in sent[count:] if each.payload_type == RED]
    plain = {each.timestamp: each.payload for each in sent[:count]}
    assert len(again) >= 8
    for each in again:
        for block in unpack(each.payload):
            then = (each.timestamp - block.offset) % 2**32
            assert plain.setdefault(then, block.payload) == block.payload
            assert not has_speech_coder(block.payload)  # the coder of a clean line goes on
    assert transceiver._codecs[0].payloadType == OPUS
    await transceiver.sender.stop()
