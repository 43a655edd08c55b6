"""The server's side of STUN and TURN: whom to ask, in which order, and for how long.

The answer to a client has to have all addresses in it, so every wait here is one of the client's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from typing import Any

from aioice import Candidate
from aiortc import RTCIceServer, RTCIceTransport
from aiortc.rtcicetransport import parse_stun_turn_uri

from gradio_webrtc.transports.aiortc_internals.gathering import (
    Address,
    AgentQueries,
    TurnServer,
    replace_server_queries,
)
from gradio_webrtc.transports.ice.races import answers_in_time, race

logger = logging.getLogger(__name__)

MAX_STUN_SERVERS = 4
MAX_TURN_SERVERS = 8
"""Addresses of servers that are asked. A provider names six of one TURN server."""

STAGGER_S = 0.15
"""How long a TURN server has the field to itself: two round trips of 75 ms. A relay is worth
something to the server that gives it, so not all of them are asked at once."""

NONE_S = 3.0
"""How long to wait for the first answer of all. One over TLS takes five round trips."""

SOME_S = 0.8
"""How long after the first answer: enough for a packet that was lost, which aioice sends again
after half a second. A dead server beside a living one costs no more than that."""

ENOUGH_S = 0.2
"""How long to wait for further addresses when there is one of each kind: those of a bridge of
containers, which has no way to the server, never come."""

MAX_TOLD = 64


def ask_servers(transports: Iterable[RTCIceTransport], servers: Sequence[RTCIceServer]) -> None:
    """Let agents ask all of ``servers``; call it before they gather.

    Args:
        transports: which have not gathered.
        servers: with addresses that can be parsed.
    """
    stun, relays = stun_servers(servers), turn_servers(servers)
    if not (stun or relays):
        return

    async def ask(queries: AgentQueries) -> list[Candidate]:
        return await find_candidates(queries, stun, relays)

    for transport in transports:
        replace_server_queries(transport, ask)


def stun_servers(servers: Sequence[RTCIceServer]) -> list[Address]:
    """Return the STUN servers that are asked, by UDP."""
    found = [
        (parsed["host"], parsed["port"])
        for server in servers
        for parsed in map(parse_stun_turn_uri, server.urls)
        if parsed["scheme"] == "stun"
    ]
    return list(dict.fromkeys(found))[:MAX_STUN_SERVERS]


def turn_servers(servers: Sequence[RTCIceServer]) -> list[TurnServer]:
    """Return the TURN servers that are asked: by UDP first, then TCP, then TLS.

    Media over TCP waits for what was lost on the way, so that is for networks without UDP.
    """
    found: list[TurnServer] = []
    for server in servers:
        for url in server.urls:
            parsed = parse_stun_turn_uri(url)
            if not parsed["scheme"].startswith("turn"):
                continue
            tls, tcp = parsed["scheme"] == "turns", parsed["transport"] == "tcp"
            if parsed["transport"] not in ("udp", "tcp") or (tls and not tcp):
                continue  # TURN over DTLS: aioice has none
            host, port = parsed["host"], parsed["port"]
            found.append(TurnServer(host, port, tcp, tls, server.username, server.credential))
    found.sort(key=lambda each: (each.tcp, each.tls))
    return list(dict.fromkeys(found))[:MAX_TURN_SERVERS]


async def find_candidates(
    queries: AgentQueries, stun: Sequence[Address], relays: Sequence[TurnServer]
) -> list[Candidate]:
    """Return what servers tell and give, in time for the answer; the log has it if none gave.

    Args:
        queries: asks them.
        stun: all asked at once, from each socket.
        relays: asked one after the other, until one gives.
    """
    failures: dict[TurnServer, str] = dict.fromkeys(relays, "no answer")

    async def relay(server: TurnServer) -> Candidate:
        try:
            return await queries.relay(server)
        except Exception as error:
            failures[server] = str(error) or type(error).__name__
            raise

    Attempt = Callable[[], Coroutine[Any, Any, Candidate]]
    reflexive: list[list[Attempt]] = [
        [partial(queries.reflexive, each, server) for server in stun] for each in queries.sockets()
    ]
    allocations: list[Attempt] = [partial(relay, server) for server in relays]
    found = await answers_in_time(
        [
            [race(attempts, 0.0) for attempts in reflexive if attempts],
            [race(allocations, STAGGER_S)] if allocations else [],
        ],
        none_s=NONE_S,
        some_s=SOME_S,
        enough_s=ENOUGH_S,
    )
    if relays and not any(candidate.type == "relay" for candidate in found):
        _tell(failures)
    return found


_told: set[str] = set()


def _tell(failures: dict[TurnServer, str]) -> None:
    """Log once that there is no relay: every connection of a stranger would repeat it."""
    text = "; ".join(f"{server}: {why}" for server, why in failures.items())
    if text in _told:
        logger.debug("no TURN server gave a relay: %s", text)
        return
    if len(_told) >= MAX_TOLD:
        _told.clear()
    _told.add(text)
    logger.warning(
        "No TURN server gave this server a relay, and connections are made without: %s", text
    )
