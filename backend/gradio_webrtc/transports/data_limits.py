"""Bounds what a client sends over its data channels, before aiortc looks at it.

aiortc's SCTP is Python: each packet of 1,200 bytes takes the event loop about half a millisecond,
what cannot be put together yet is searched with every packet, and it obeys no limit that it
announced. A packet over the budget is dropped instead, as a router does it: a sender that follows
SCTP slows down and loses nothing, and any other costs next to nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from aiortc import RTCDataChannel, RTCSctpTransport

from gradio_webrtc.concurrency.token_bucket import TokenBucket
from gradio_webrtc.transports.aiortc_internals.data_channels import intercept, unfinished
from gradio_webrtc.transports.sctp_checks import check_packet

logger = logging.getLogger(__name__)

BYTES_AT_ONCE = 256 * 1024
BYTES_PER_SECOND = 64 * 1024
"""A page's ping is 26 bytes. The acknowledgements of what we send count as well."""

PACKETS_AT_ONCE = 1000
PACKETS_PER_SECOND = 500

MAX_MESSAGE_BYTES = 64 * 1024
"""What an answer announces (RFC 8841). A message over 16 kB is refused in words."""

MAX_UNFINISHED_BYTES = 2 * MAX_MESSAGE_BYTES
"""Of messages that are not complete."""

MAX_FRAGMENTS = 1024
"""Pieces of such messages, however small; a browser's have 1,200 bytes."""

MAX_GAPS = 512
"""Packets that came ahead of one that is missing."""

MAX_STREAMS = 16
"""Streams that a client may use. One is of any use to it."""

MAX_EXTRA_CHANNELS = 8
"""Data channels a client may open beside its first, one after the other."""


class DataLimits:
    """Stands before one connection's SCTP.

    Args:
        sctp: the transport, not yet started.
        now: gives the time in seconds.
        exceeded: is told of the first packet that is dropped, and of the end of listening.
        complain: is told of what cannot be read; it should not log every time.
    """

    def __init__(
        self,
        sctp: RTCSctpTransport,
        now: Callable[[], float],
        exceeded: Callable[[str], None],
        complain: Callable[[str], None],
    ) -> None:
        self._sctp = sctp
        self._now = now
        self._exceeded = exceeded
        self._complain = complain
        self._bytes = TokenBucket(BYTES_AT_ONCE, BYTES_PER_SECOND)
        self._packets = TokenBucket(PACKETS_AT_ONCE, PACKETS_PER_SECOND)
        self._stopped = False
        self._extra_channels = 0
        self.dropped = 0
        intercept(sctp, self._admits, self._keeps)

    def _admits(self, packet: bytes) -> bool:
        """Return whether one SCTP packet is read."""
        now = self._now()
        if self._stopped or not (self._packets.take(1, now) and self._bytes.take(len(packet), now)):
            self.dropped += 1
            if self.dropped == 1 and not self._stopped:
                self._exceeded("The browser sends control messages too fast; some are dropped.")
            return False
        try:
            check_packet(packet)
        except ValueError as error:
            self._complain(str(error))
            return False
        return self._keeps(0)

    def _keeps(self, size: int) -> bool:
        """Return whether a piece of a message is kept; with the first that is not, listening ends.

        A packet may hold a thousand of them, each of which costs a walk through all that are kept.
        """
        kept = unfinished(self._sctp)
        if (
            kept.size + size > MAX_UNFINISHED_BYTES
            or kept.fragments >= MAX_FRAGMENTS
            or kept.gaps > MAX_GAPS
            or kept.streams > MAX_STREAMS
        ):
            self.stop("The browser sent an endless control message.")
        return not self._stopped

    def refuse(self, channel: RTCDataChannel) -> None:
        """Close a data channel beside the first; a client that goes on is not listened to."""
        self._extra_channels += 1
        if self._extra_channels == 1:  # a client must not be able to fill the log
            logger.warning("a client opened a second data channel; it is closed")
        channel.close()
        if self._extra_channels > MAX_EXTRA_CHANNELS:
            self.stop("The browser opens one data channel after the other.")

    def stop(self, why: str) -> None:
        """Listen to no data of this client any more; its media go on."""
        if not self._stopped:
            self._stopped = True
            self._exceeded(f"{why} Its control messages are ignored from now on.")


def announcing_limits(sdp: str) -> str:
    """Return an answer that announces ``MAX_MESSAGE_BYTES`` instead of aiortc's own limit."""
    return re.sub(r"a=max-message-size:\d+", f"a=max-message-size:{MAX_MESSAGE_BYTES}", sdp)
