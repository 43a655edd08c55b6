"""Which decoder takes what a connection receives, and that its end is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import pytest_asyncio
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.rtcrtpreceiver import RemoteStreamTrack

from gradio_webrtc.recording.recorder import NoRecorder
from gradio_webrtc.session.messages import Message
from gradio_webrtc.transports.receiving.audio_receiver import AudioDecoder
from gradio_webrtc.transports.receiving.g7xx_audio import G7xxDecoder
from gradio_webrtc.transports.receiving.incoming_media import Incoming
from gradio_webrtc.transports.receiving.receiver import Receiver
from gradio_webrtc.transports.receiving.video_receiver import VideoReceiver


class Listener:
    """A session that keeps which input has ended."""

    def __init__(self) -> None:
        self.recorder = NoRecorder()
        self.ended: list[str] = []

    def on_input_ended(self, kind: str) -> None:
        self.ended.append(kind)

    def on_audio(self, pcm: Any) -> None:
        """Not in these tests."""


class Side:
    """The receiving side of a connection."""

    def __init__(self) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.listener = Listener()
        self.sent: list[Message] = []
        self.incoming = Incoming(cast(Any, self.listener), 1, (640, 480), self.sent.append)

    def use(self, kind: str, *, opus: bool = False, sends: bool = True) -> Any:
        transceiver = self.pc.addTransceiver(kind)
        receiver = Receiver.replace(transceiver)
        if sends:
            receiver._track = RemoteStreamTrack(kind=kind)
        self.incoming.use(transceiver, opus=opus)
        return transceiver.receiver


@pytest_asyncio.fixture
async def side() -> AsyncIterator[Side]:
    made = Side()
    yield made
    await made.incoming.aclose()
    await made.pc.close()


@pytest.mark.parametrize(
    ("kind", "opus", "sink"),
    [
        ("audio", True, AudioDecoder),
        ("audio", False, G7xxDecoder),
        ("video", False, VideoReceiver),
    ],
)
async def test_each_kind_has_its_decoder(side: Side, kind: str, opus: bool, sink: type) -> None:
    assert type(side.use(kind, opus=opus).sink) is sink


async def test_a_client_that_sends_nothing_needs_none(side: Side) -> None:
    assert side.use("video", sends=False).sink is None


async def test_the_end_of_g7xx_and_of_video_is_told_once(side: Side) -> None:
    side.use("audio").sink.end()
    side.use("video")
    side.incoming.stop()
    await side.incoming.aclose()
    assert side.listener.ended == ["audio", "video"]
