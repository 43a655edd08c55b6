"""Spares a narrow network: spreads the packets of large pictures out, and bounds key frames."""

from __future__ import annotations

import asyncio

from aiortc import RTCRtpSender

from gradio_webrtc.concurrency.loop_clock import loop_clock
from gradio_webrtc.media.video.sending.packet_pacing import PacketPacing
from gradio_webrtc.transports.aiortc_internals.sending import pace_sender
from gradio_webrtc.transports.sending.bitrate_limits import BoundedEncoder


def pace_packets(sender: RTCRtpSender, encoder: BoundedEncoder) -> None:
    """Let packets of ``sender`` wait as the bitrate of its ``encoder`` and the network ask for.

    Key frames that the receiver asks for wait as well: what is in front of them has to go first.

    Args:
        sender: one that has its transport and has not started. For the running event loop.
        encoder: what it encodes with, and nobody else.
    """
    encoder.limit_key_frames()
    clock, pacing = loop_clock(asyncio.get_running_loop()), PacketPacing()

    def wait() -> float:
        now = clock()
        return pacing.wait(encoder.pacing_rate(now), now)

    pace_sender(sender, wait, pacing.sent)
