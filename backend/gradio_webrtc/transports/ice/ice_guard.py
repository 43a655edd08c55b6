"""Bound what a session's ICE agents send to addresses that the client named.

aioice checks whatever it is told of, whatever an mDNS name resolves to, and whoever writes to it.
"""

from __future__ import annotations

import logging
from collections import Counter

from aiortc import RTCIceTransport

from gradio_webrtc.transports.aiortc_internals.ice import limit_checks
from gradio_webrtc.transports.negotiation.candidate_addresses import (
    CandidateAddresses,
    Scope,
    accepts,
    accepts_names,
)
from gradio_webrtc.transports.negotiation.candidates import RemoteCandidate, is_mdns_name

logger = logging.getLogger(__name__)

MAX_CHECKED = 24
"""Candidates of a session that are checked. A laptop with VPN, docker bridges and IPv6 names some
20 with UDP; each is written to seven times within half a minute from each of our addresses."""

MAX_CHECKED_PER_ADDRESS = 6
"""Of these, ports of one address: a person's NAT gives one to each of their interfaces, and a scan
of ports wants thousands."""

MAX_PAIRS = 100
"""RFC 8445, 6.1.2.5."""

MAX_SOURCES = 48
"""Addresses that one agent keeps, those included from which checks came unannounced."""


class IceGuard:
    """Decides which of one session's candidates are checked.

    Args:
        option: the app's choice.
        client: where the client's request came from.
    """

    def __init__(self, option: CandidateAddresses, client: Scope) -> None:
        self._option = option
        self._client = client
        self._checked: Counter[str] = Counter()
        self.left_out = False

    def admits(self, candidate: RemoteCandidate) -> bool:
        """Return whether a candidate is checked, and count it; ``left_out`` tells of others."""
        host = candidate.candidate.ip
        if not candidate.can_be_checked:
            return False
        named = is_mdns_name(host)
        if not (self._takes_names() if named else self._accepts(host)):
            self._leave_out("its address is not one that this client may name")
            return False
        if self._checked.total() >= MAX_CHECKED or self._checked[host] >= MAX_CHECKED_PER_ADDRESS:
            self._leave_out("there were enough already")
            return False
        self._checked[host] += 1
        return True

    def watch(self, transport: RTCIceTransport) -> None:
        """Apply the same to what the agent of ``transport`` finds out by itself."""
        limit_checks(transport, self._accepts, MAX_SOURCES, MAX_PAIRS)

    def _accepts(self, address: str) -> bool:
        return accepts(self._option, self._client, address)

    def _takes_names(self) -> bool:
        return accepts_names(self._option, self._client)

    def _leave_out(self, why: str) -> None:
        if not self.left_out:
            logger.info(
                "a candidate is not checked: %s (candidate_addresses=%r, the client is %s)",
                why,
                self._option,
                self._client.value,
            )
        self.left_out = True
