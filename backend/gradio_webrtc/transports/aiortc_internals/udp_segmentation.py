"""Several datagrams to one address in one call of the system (UDP segmentation offload, Linux).

The packets of a frame have the same size, but the last. The kernel is given all of them and their
size, and goes through its network stack once: ``sendto`` is much of what a packet costs. See
``UDP_SEGMENT`` in udp(7), and W. de Bruijn and E. Dumazet, "Optimizing UDP for content delivery:
GSO, pacing and zerocopy" (Linux Plumbers Conference 2018).
"""

from __future__ import annotations

import errno
import logging
import socket
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import Any

logger = logging.getLogger(__name__)

SOL_UDP = socket.IPPROTO_UDP
UDP_SEGMENT = 103
"""From Linux's ``uapi/linux/udp.h``; Python has no name for it."""

MOST_SEGMENTS = 64
"""``UDP_MAX_SEGMENTS`` of older kernels; newer ones take 128."""
MOST_BYTES = 65_000
"""A little less than a datagram of IPv4 may have, which all of them together count as."""

UNSUPPORTED = {
    errno.EINVAL,  # an older kernel, or a path that would cut such a packet into fragments
    errno.EIO,  # a device that does not compute checksums
    errno.EMSGSIZE,
    errno.ENOPROTOOPT,
    errno.EOPNOTSUPP,
    errno.EPERM,  # what a sandbox answers to calls that it does not know
}


class DatagramSending:
    """Sends datagrams in as few calls as possible.

    What asyncio's own sockets on Linux cannot take together, relays and other event loops get one
    by one. So does everybody where the system refused it once.
    """

    def __init__(self) -> None:
        self._supported: bool | None = None if sys.platform == "linux" else False

    def send(self, transport: Any, datagrams: Sequence[bytes], address: tuple[Any, ...]) -> None:
        """Send ``datagrams`` in their order.

        Args:
            transport: a datagram transport of asyncio's, or a relay of aioice's.
            datagrams: encrypted packets.
            address: where they go.
        """
        for run in _runs(datagrams):
            if len(run) > 1 and self._sent_together(transport, run, address):
                continue
            for datagram in run:
                transport.sendto(datagram, address)

    def _sent_together(
        self, transport: Any, run: Sequence[bytes], address: tuple[Any, ...]
    ) -> bool:
        # Only asyncio's own transports have it: what goes over a relay's socket must be wrapped.
        sock: object = getattr(transport, "_sock", None)
        if self._supported is False or not isinstance(sock, socket.socket):
            return False
        if self._supported is None and not self._ask(sock):
            return False
        if transport.get_write_buffer_size() > 0:  # what waits for the socket goes first
            return False
        size = struct.pack("=H", len(run[0]))
        try:
            sock.sendmsg([b"".join(run)], [(SOL_UDP, UDP_SEGMENT, size)], 0, address)
        except OSError as error:
            if error.errno in UNSUPPORTED:
                logger.debug("packets are sent one by one: %s", error)
                self._supported = False
            return False  # a full buffer and what the network reports are for asyncio
        return True

    def _ask(self, sock: socket.socket) -> bool:
        """Note whether the kernel knows of it: one before 4.18 would send one large datagram."""
        try:
            sock.setsockopt(SOL_UDP, UDP_SEGMENT, 0)
        except OSError:
            self._supported = False
        else:
            self._supported = True
        return self._supported


def _runs(datagrams: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Split into runs that go together: all of one size, a shorter one at the end."""
    if len(datagrams) == 1:
        yield datagrams
        return
    run: list[bytes] = []
    for datagram in datagrams:
        size = len(run[0]) if run else 0
        full = len(run) == MOST_SEGMENTS or len(run) * size + len(datagram) > MOST_BYTES
        if run and (full or len(run[-1]) < size or len(datagram) > size):
            yield run
            run = []
        run.append(datagram)
    if run:
        yield run
