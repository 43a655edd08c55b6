"""Which UDP ports carry media, and under which address they are reached from outside.

Both are the operator's to say and the same for every stream of a process, so they come from the
environment: a container's ports are published where it is run, not where the app is written.
"""

from __future__ import annotations

import ipaddress
import itertools
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aiortc import RTCIceTransport

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.transports.aiortc_internals.host_sockets import replace_host_sockets

PORTS = "GRADIO_WEBRTC_UDP_PORTS"
ADDRESS = "GRADIO_WEBRTC_PUBLIC_ADDRESS"

LOWEST, HIGHEST = 1024, 65_535
"""Ports that a process may open without more rights; the highest there is."""

_RANGE = re.compile(r"\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?")


@dataclass(frozen=True)
class UdpPorts:
    """Where a process takes media in.

    Attributes:
        ports: what may be opened; empty for whatever the system gives.
        announced: addresses by which the machine is reached, such as that of an address translator
            that hands these ports on.
    """

    ports: range = range(0)
    announced: tuple[str, ...] = ()
    _turn: Iterator[int] = field(default_factory=itertools.count, repr=False, compare=False)

    def candidates(self) -> Iterator[int]:
        """Yield ports to be tried, 0 for any: each once, and every time from another one on.

        A port that was let go a moment ago may still get packets of its last client.
        """
        if not self.ports:
            yield 0
            return
        first = next(self._turn) % len(self.ports)
        yield from self.ports[first:]
        yield from self.ports[:first]

    def apply(self, ice: RTCIceTransport) -> None:
        """Have the agent of ``ice``, which has not gathered, open its sockets there."""
        if self.ports or self.announced:
            replace_host_sockets(ice, self.candidates, self.announced)


def udp_ports(environment: Mapping[str, str] | None = None) -> UdpPorts:
    """Return what the environment says.

    Raises:
        ConfigurationError: one of the variables cannot be understood.
    """
    environment = os.environ if environment is None else environment
    return UdpPorts(_ports(environment.get(PORTS, "")), _addresses(environment.get(ADDRESS, "")))


def _ports(text: str) -> range:
    if not text.strip():
        return range(0)
    found = _RANGE.fullmatch(text)
    if found is not None:
        low = int(found[1])
        high = int(found[2] or low)
        if LOWEST <= low <= high <= HIGHEST:
            return range(low, high + 1)
    raise ConfigurationError(
        f'{PORTS} must be a range of ports from {LOWEST} to {HIGHEST} such as "10000-10100"; '
        f"got {text!r}."
    )


def _addresses(text: str) -> tuple[str, ...]:
    try:
        found = [ipaddress.ip_address(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError:
        raise ConfigurationError(
            f'{ADDRESS} must be IP addresses, separated by commas, such as "203.0.113.7"; '
            f"got {text!r}."
        ) from None
    return tuple(str(address) for address in found)
