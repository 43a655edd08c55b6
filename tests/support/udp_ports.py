"""UDP ports that nobody has, and that the system gives to nobody who asks for any."""

from __future__ import annotations

import contextlib
import itertools
import os
import socket

FIRST, LAST = 21_000, 32_000
"""Below the ports that Linux gives, and above those of this package's other tests."""

_next = itertools.count(FIRST + os.getpid() * 16 % (LAST - FIRST))


def free_udp_ports(count: int = 1) -> int:
    """Return the first of ``count`` ports in a row on which nobody is."""
    for start in itertools.islice(_next, LAST - FIRST):
        low = FIRST + (start - FIRST) % (LAST - FIRST)
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in range(low, low + count):
                probe = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                probe.bind(("0.0.0.0", port))
            return low
    raise AssertionError(f"no {count} UDP ports in a row are free")
