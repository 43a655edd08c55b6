"""Spares a narrow network: spreads the packets of large pictures out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gradio_webrtc.concurrency.loop_clock import loop_clock
from gradio_webrtc.media.video.sending.packet_pacing import PacketPacing
from gradio_webrtc.transports.aiortc_internals.sending import OwnSender, Pacing


def pace_packets(sender: OwnSender, rate: Callable[[float], int | None]) -> None:
    """Let packets of ``sender`` wait as the bitrate and the network of its receiver ask for.

    Args:
        sender: one that has not started. For the running event loop.
        rate: bits per second that are aimed at, given monotonic seconds; ``None`` while nothing
            says that the network is narrow.
    """
    clock, pacing = loop_clock(asyncio.get_running_loop()), PacketPacing()

    def wait() -> float | None:
        now = clock()
        return pacing.wait(rate(now), now)

    sender.pacing = Pacing(wait, pacing.sent)
