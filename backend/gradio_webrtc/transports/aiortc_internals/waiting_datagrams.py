"""Whether anything that arrived for a connection has not been handled yet."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Any

from aiortc import RTCDtlsTransport

_SO_MEMINFO = 55
"""``asm-generic/socket.h``; Python has no name for it."""

MOST_READ = 1000
"""Datagrams at a time; more than a socket's buffer holds of sound."""


def datagrams_wait(dtls: RTCDtlsTransport) -> bool:
    """Return whether datagrams wait, in aiortc's queue or in the operating system.

    Behind a report, which aiortc reads, all that comes waits in its queue to stay in order. Of the
    system Linux tells, for the machine's own sockets and those to a TURN server; others do not.
    """
    agent = dtls.transport._connection
    if not agent._protocols:  # closed
        return False
    return not agent._queue.empty() or any(
        _holds_data(_below(protocol.transport)) for protocol in agent._protocols
    )


def read_waiting(dtls: RTCDtlsTransport, go_on: Callable[[], bool]) -> None:
    """Read what waits for as long as ``go_on()`` says so; not from within a read.

    asyncio reads one datagram of each socket in a turn of its loop. Where the turns are long that
    is too slow to get rid of what is not wanted. Other loops, such as uvloop, read many at a time.
    """
    for protocol in list(dtls.transport._connection._protocols):
        transport: Any = _below(protocol.transport)
        read = getattr(transport, "_read_ready", None)
        for _ in range(MOST_READ):
            if read is None or not go_on() or not _holds_data(transport):
                break
            read()


def _below(transport: Any) -> Any:
    """Return what has the socket: of a relay's transport the one to the TURN server."""
    relay = getattr(transport, "_TurnTransport__inner_protocol", None)
    return transport if relay is None else relay.transport


def _holds_data(transport: Any) -> bool:
    opened = transport.get_extra_info("socket")
    if opened is None or sys.platform != "linux":
        return False
    try:
        # The first number is the memory that is taken by what was received and not read.
        found: bytes = opened.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 4)
    except OSError:
        return False  # closed, or a kernel older than 4.12
    return any(found)
