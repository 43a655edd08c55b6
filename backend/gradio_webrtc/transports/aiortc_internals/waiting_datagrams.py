"""Whether anything that arrived for a connection has not been read from its sockets yet."""

from __future__ import annotations

import socket
import sys
from typing import Any

from aiortc import RTCDtlsTransport

_SO_MEMINFO = 55
"""``asm-generic/socket.h``; Python has no name for it."""


def datagrams_wait(dtls: RTCDtlsTransport) -> bool:
    """Return whether datagrams wait in the operating system; ``False`` where it does not tell.

    Linux tells, of the machine's own sockets and of those to a TURN server.
    """
    agent = dtls.transport._connection
    return any(_holds_data(protocol.transport) for protocol in agent._protocols)


def _holds_data(transport: Any) -> bool:
    relay = getattr(transport, "_TurnTransport__inner_protocol", None)
    opened = (transport if relay is None else relay.transport).get_extra_info("socket")
    if opened is None or sys.platform != "linux":
        return False
    try:
        # The first number is the memory that is taken by what was received and not read.
        found: bytes = opened.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 4)
    except OSError:
        return False  # closed, or a kernel older than 4.12
    return any(found)
