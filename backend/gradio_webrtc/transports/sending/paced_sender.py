"""Spreads the packets of large pictures out where the network is narrow."""

from __future__ import annotations

import asyncio

from aiortc import RTCRtpSender

from gradio_webrtc.media.video.sending.packet_pacing import PacketPacing
from gradio_webrtc.transports.aiortc_internals.sending import pace_sender
from gradio_webrtc.transports.sending.bitrate_limits import BoundedEncoder


def pace_packets(sender: RTCRtpSender, encoder: BoundedEncoder) -> None:
    """Let packets of ``sender`` wait as the bitrate of its ``encoder`` and the network ask for.

    Args:
        sender: one that has its transport and has not started. For the running event loop.
        encoder: what it encodes with.
    """
    loop, pacing = asyncio.get_running_loop(), PacketPacing()

    def wait() -> float:
        now = loop.time()
        return pacing.wait(encoder.pacing_rate(now), now)

    pace_sender(sender, wait, pacing.sent)
