"""What an ICE agent checks, and learns from checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aioice import Candidate, Connection
from aioice.ice import ICE_FAILED, CandidatePair, StunProtocol
from aioice.stun import Message
from aiortc import RTCIceTransport

from gradio_webrtc.transports.negotiation.candidates import is_mdns_name


def watch_checks(ice: RTCIceTransport, reached: Callable[[], None]) -> None:
    """Call ``reached`` once, when a check arrives whose user name is that of our answer.

    aioice tells of it only when a pair of candidates has succeeded, which takes longer.
    """
    connection: Connection = ice._connection
    receive = connection.request_received

    def receive_and_tell(
        message: Message, addr: tuple[str, int], protocol: StunProtocol, *raw: bytes
    ) -> None:
        receive(message, addr, protocol, *raw)  # before aioice 0.12 it gets the packet too
        name = message.attributes.get("USERNAME", "")
        if str(name).startswith(f"{connection.local_username}:"):
            connection.request_received = receive  # type: ignore[method-assign]
            reached()

    connection.request_received = receive_and_tell  # type: ignore[method-assign]


def limit_checks(
    ice: RTCIceTransport, accepted: Callable[[str], bool], max_sources: int, max_pairs: int
) -> None:
    """Bound what the agent of ``ice`` finds out by itself.

    Args:
        ice: a transport that has not started.
        accepted: whether an address may be checked.
        max_sources: addresses that it keeps, those included from which checks came unannounced.
        max_pairs: pairs of addresses that it checks.
    """
    agent: Connection = ice._connection
    _filter_resolved(agent, accepted)
    _limit_sources(agent, max_sources)
    _limit_pairs(agent, max_pairs)


def _filter_resolved(agent: Connection, accepted: Callable[[str], bool]) -> None:
    """Keep out what an mDNS name stands for, if it is no address that may be named."""
    add_resolved = getattr(agent, "_add_remote_candidate", None)
    if add_resolved is not None:

        def add(remote_candidate: Candidate, network_host: str) -> None:
            if accepted(network_host):
                add_resolved(remote_candidate, network_host)

        agent._add_remote_candidate = add  # type: ignore[method-assign]
        return
    # before aioice 0.12: it calls itself with the address
    add_candidate = agent.add_remote_candidate

    async def add_found(remote_candidate: Candidate | None) -> None:
        host = None if remote_candidate is None else remote_candidate.host
        if host is None or is_mdns_name(host) or accepted(host):
            await add_candidate(remote_candidate)

    agent.add_remote_candidate = add_found  # type: ignore[method-assign]


def _limit_sources(agent: Connection, most: int) -> None:
    """Bound the addresses learned from incoming checks, each of which is checked in return."""
    check_incoming = getattr(agent, "check_incoming", None)
    if check_incoming is None:
        return

    def check(message: Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        known = agent._remote_candidates
        if len(known) < most or any(
            _address(candidate) == (addr[0], addr[1]) for candidate in known
        ):
            check_incoming(message, addr, protocol)

    agent.check_incoming = check  # type: ignore[method-assign]


def _address(candidate: Candidate) -> tuple[str, int]:
    return getattr(candidate, "_network_host", candidate.host), candidate.port


class _CheckList(list[CandidatePair]):
    """The pairs of an agent, at most ``most`` of those made from candidates that were named.

    A pair made for a check that came is there in any case: aioice would begin another one with each
    check. These are bounded by the addresses that are kept.
    """

    most: int

    def append(self, pair: CandidatePair) -> None:
        """Keep ``pair``, unless it waits for its turn and there are enough."""
        if pair.state is not CandidatePair.State.FROZEN or len(self) < self.most:
            super().append(pair)


def _limit_pairs(agent: Connection, most: int) -> None:
    pairs = _CheckList(agent._check_list)
    pairs.most = most
    agent._check_list = pairs
    if not hasattr(agent, "_closing"):
        _close_checks_first(agent, pairs)


def _close_checks_first(agent: Connection, pairs: _CheckList) -> None:
    """Let checks end with the agent.

    With aioice 0.10, the newest for Python 3.10, they go on: those under way write to closed
    sockets, and ``connect`` starts more until the client says that it has no more candidates.
    """
    close = agent.close

    def ignore(message: Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        pass

    async def close_after_checks() -> None:
        agent.check_incoming = ignore  # type: ignore[method-assign]
        if not agent._check_list_done:
            agent._check_list_done = True
            agent._check_list_state.put_nowait(ICE_FAILED)
        checks = [pair.task for pair in pairs if pair.task is not None]
        pairs.most = 0
        pairs.clear()
        for check in checks:
            check.cancel()
        if checks:
            await asyncio.wait(checks)
        await close()

    agent.close = close_after_checks  # type: ignore[method-assign]
