"""Bound what a session's ICE agents send to addresses that the client named.

aioice checks whatever it is told of, whatever an mDNS name resolves to, and whoever writes to it.
The few of its names that are used here are private; without them the bounds on what it is told of
still hold.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiortc import RTCIceTransport

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
        agent: Any = transport._connection
        _filter_resolved(agent, self._accepts)
        _limit_sources(agent)
        _limit_pairs(agent)

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


def _filter_resolved(agent: Any, accepted: Callable[[str], bool]) -> None:
    """Keep out what an mDNS name stands for, if it is no address that may be named."""
    add_resolved = getattr(agent, "_add_remote_candidate", None)
    if add_resolved is not None:

        def add(candidate: Any, host: str) -> None:
            if accepted(host):
                add_resolved(candidate, host)

        agent._add_remote_candidate = add
        return
    add_candidate = (
        agent.add_remote_candidate
    )  # before aioice 0.12: it calls itself with the address

    async def add_found(candidate: Any) -> None:
        if candidate is None or is_mdns_name(candidate.host) or accepted(candidate.host):
            await add_candidate(candidate)

    agent.add_remote_candidate = add_found


def _limit_sources(agent: Any) -> None:
    """Bound the addresses learned from incoming checks, each of which is checked in return."""
    check_incoming = getattr(agent, "check_incoming", None)
    if check_incoming is None:
        return

    def check(message: Any, source: tuple[str, int], protocol: Any) -> None:
        known = agent._remote_candidates
        if len(known) < MAX_SOURCES or any(
            _address(candidate) == (source[0], source[1]) for candidate in known
        ):
            check_incoming(message, source, protocol)

    agent.check_incoming = check


def _address(candidate: Any) -> tuple[str, int]:
    return getattr(candidate, "_network_host", candidate.host), candidate.port


def _limit_pairs(agent: Any) -> None:
    pair_candidate = getattr(agent, "_pair_remote_candidate", None)
    if pair_candidate is None:
        return

    def pair(candidate: Any) -> None:
        if len(agent._check_list) < MAX_PAIRS:
            pair_candidate(candidate)

    agent._pair_remote_candidate = pair
