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

MAX_GAPS = 512
"""Packets that came ahead of one that is missing."""

MAX_STREAMS = 16
"""Streams that a client may use. One is of any use to it."""

MAX_EXTRA_CHANNELS = 8
"""Data channels a client may open beside its first, one after the other."""

_WINDOW = 1024 * 1024
"""aiortc's receive window when nothing is unfinished (``RTCSctpTransport._advertised_rwnd``)."""


class DataLimits:
    """Stands before one connection's SCTP.

    Args:
        sctp: the transport.
        now: gives the time in seconds.
        exceeded: is told of the first packet that is dropped, and of the end of listening.
    """

    def __init__(
        self, sctp: RTCSctpTransport, now: Callable[[], float], exceeded: Callable[[str], None]
    ) -> None:
        self._sctp = sctp
        self._handle = sctp._handle_data
        self._now = now
        self._exceeded = exceeded
        self._bytes = TokenBucket(BYTES_AT_ONCE, BYTES_PER_SECOND)
        self._packets = TokenBucket(PACKETS_AT_ONCE, PACKETS_PER_SECOND)
        self._stopped = False
        self._extra_channels = 0
        self.dropped = 0
        sctp._handle_data = self.take  # type: ignore[method-assign]

    async def take(self, data: bytes) -> None:
        """Hand one SCTP packet on, or drop it."""
        now = self._now()
        if self._stopped or not (self._packets.take(1, now) and self._bytes.take(len(data), now)):
            self.dropped += 1
            if self.dropped == 1 and not self._stopped:
                self._exceeded("The browser sends control messages too fast; some are dropped.")
            return
        await self._handle(data)
        if _is_overfull(self._sctp):
            self.stop("The browser sent an endless control message.")

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


def _is_overfull(sctp: RTCSctpTransport) -> bool:
    unfinished = _WINDOW - sctp._advertised_rwnd
    return (
        unfinished > MAX_UNFINISHED_BYTES
        or len(sctp._sack_misordered) > MAX_GAPS
        or len(sctp._inbound_streams) > MAX_STREAMS
    )
