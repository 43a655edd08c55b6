"""What a client may cost a connection once it is connected."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from aiortc import RTCPeerConnection

from gradio_webrtc.concurrency.loop_clock import loop_clock
from gradio_webrtc.handlers.protocol import MediaKind
from gradio_webrtc.media.packet_loss import ReportedLoss
from gradio_webrtc.media.video.sending.retransmission import Retransmissions
from gradio_webrtc.transports.aiortc_internals.connection import (
    protect_transport,
    transports_of,
)
from gradio_webrtc.transports.aiortc_internals.sending import Feedback, LossReport, OwnSender
from gradio_webrtc.transports.data_limits import DataLimits
from gradio_webrtc.transports.sending.outgoing_media import Outgoing

logger = logging.getLogger(__name__)


def protect(
    pc: RTCPeerConnection, outgoing: Outgoing, exceeded: Callable[[str], None]
) -> DataLimits | None:
    """Bound what packets of the client can cost; call it when ``pc`` has answered.

    Damaged ones cost one line in the log for each connection. For the running event loop.

    Args:
        pc: the connection.
        outgoing: what it sends.
        exceeded: is told in words for the client what it overdoes.

    Returns:
        The bounds of its data channels, if it has any.
    """
    complain, clock = _Complaints(), loop_clock(asyncio.get_running_loop())
    for dtls in transports_of(pc):
        protect_transport(dtls, complain)
    for transceiver in pc.getTransceivers():
        sender, lost, losses = transceiver.sender, Retransmissions(), ReportedLoss()

        def choose(
            asked: list[int], kept: list[int], lost: Retransmissions = lost
        ) -> tuple[list[int], bool]:
            return lost.choose(asked, kept, clock())

        kind: MediaKind = "video" if transceiver.kind == "video" else "audio"

        def reported(
            report: LossReport, kind: MediaKind = kind, losses: ReportedLoss = losses
        ) -> None:
            now = clock()
            fraction = losses.reported(*report, now)
            if fraction is not None:
                outgoing.lost(kind, fraction, now)

        again = outgoing.repeat_picture if kind == "video" else _nothing
        if isinstance(sender, OwnSender):  # the others never start
            sender.feedback = Feedback(choose, again, reported, complain)
    if pc.sctp is None:
        return None
    return DataLimits(pc.sctp, clock, exceeded, complain)


def _nothing() -> None:
    """For audio there are no key frames."""


class _Complaints:
    """Logs the first complaint about a connection as a warning, and the others for debugging."""

    def __init__(self) -> None:
        self._told = False

    def __call__(self, text: str) -> None:
        level = logging.DEBUG if self._told else logging.WARNING
        logger.log(level, "a client sends what no browser does: %s", text)
        self._told = True
