"""What a connection is protected from, and that it costs one line in the log."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.rtp import RtcpReceiverInfo, RtcpRrPacket

from gradio_webrtc.media.video.sending.rate_limiter import MOST
from gradio_webrtc.recording.recorder import NoRecorder
from gradio_webrtc.transports.aiortc_internals.sending import OwnSender
from gradio_webrtc.transports.client_limits import protect
from gradio_webrtc.transports.sending.outgoing_media import OutgoingMedia


class Repeating(OutgoingMedia):
    """Counts how often the last frame is to be sent again."""

    repeats = 0

    def repeat_picture(self) -> None:
        self.repeats += 1


async def test_damaged_packets_cost_a_connection_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "gradio_webrtc")
    complaints: list[str] = []
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    pc.createDataChannel("control")
    protect(pc, Repeating((), MOST, NoRecorder()), complaints.append)
    sctp: Any = pc.sctp
    for _ in range(5):
        await sctp._handle_data(bytes(12) + b"\x01\x00\x00\x02")
    levels = [record.levelno for record in caplog.records]
    assert levels.count(logging.WARNING) == 1
    assert levels.count(logging.DEBUG) == 4
    assert complaints == []
    await pc.close()


def own_senders(pc: RTCPeerConnection) -> dict[str, Any]:
    """Add a transceiver of each kind; return their senders."""
    return {kind: OwnSender.replace(pc.addTransceiver(kind)) for kind in ("audio", "video")}


async def test_who_asks_for_a_key_frame_gets_the_last_frame_again() -> None:
    complaints: list[str] = []
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    senders = own_senders(pc)
    outgoing = Repeating(("audio", "video"), MOST, NoRecorder())
    protect(pc, outgoing, complaints.append)
    senders["audio"]._send_keyframe()
    assert outgoing.repeats == 0
    senders["video"]._send_keyframe()
    assert outgoing.repeats == 1
    outgoing.stop()
    await pc.close()


async def test_what_a_client_lost_is_told_to_what_encodes_it() -> None:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    senders = own_senders(pc)
    outgoing = OutgoingMedia(("audio", "video"), MOST, NoRecorder())
    heard: list[tuple[str, float]] = []
    outgoing.lost = lambda kind, fraction, now: heard.append((kind, fraction))  # type: ignore[method-assign]
    protect(pc, outgoing, lambda _: None)
    for sender in senders.values():
        for fraction, lost, highest in ((64, 1, 4), (0, 1, 5)):
            report = RtcpReceiverInfo(sender._ssrc, fraction, lost, highest, 0, 0, 0)
            await sender._handle_rtcp_packet(RtcpRrPacket(2, [report]))
    assert heard == [("audio", 0.25), ("video", 0.25)]  # those at once tell nothing more
    outgoing.stop()
    await pc.close()
