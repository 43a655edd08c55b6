"""The states of a session, the reasons it can end for, and the limits it lives under."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class SessionState(Enum):
    """A session's life; each state is entered at most once and in this order."""

    NEW = "new"
    CONNECTING = "connecting"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"


_ALLOWED: dict[SessionState, frozenset[SessionState]] = {
    SessionState.NEW: frozenset({SessionState.CONNECTING, SessionState.CLOSING}),
    SessionState.CONNECTING: frozenset({SessionState.OPEN, SessionState.CLOSING}),
    SessionState.OPEN: frozenset({SessionState.CLOSING}),
    SessionState.CLOSING: frozenset({SessionState.CLOSED}),
    SessionState.CLOSED: frozenset(),
}


def check_transition(current: SessionState, target: SessionState) -> None:
    """Raise ``RuntimeError`` naming both states when ``target`` cannot follow ``current``."""
    if target not in _ALLOWED[current]:
        allowed = ", ".join(sorted(state.value for state in _ALLOWED[current])) or "nothing"
        raise RuntimeError(
            f"A session cannot go from {current.value} to {target.value}; allowed: {allowed}."
        )


class CloseReason(str, Enum):
    """Why a session ended; the value is the ``reason`` code on the wire."""

    CLIENT_CLOSED = "client_closed"
    TIME_LIMIT = "time_limit"
    CONNECT_TIMEOUT = "connect_timeout"
    PEER_LOST = "peer_lost"
    HANDLER_ERROR = "handler_error"
    HANDLER_FINISHED = "handler_finished"
    APP_CLOSED = "app_closed"
    SERVER_SHUTDOWN = "server_shutdown"
    REPLACED = "replaced"
    TRANSPORT_FAILED = "transport_failed"


@dataclass(frozen=True)
class Ending:
    """Why a session ends: a code, and words for the person (may be empty)."""

    reason: CloseReason
    text: str = ""


@dataclass(frozen=True)
class Limits:
    """Deadlines of one session, in seconds.

    Attributes:
        connect: from the offer to the first moment media can flow.
        first_sign: from the answer to the client's first ICE check or candidate.
        first_sign_wanted: the same while somebody else waits for the place.
        silence: without a sign of life from a client that gave one before; browsers send media
            every 20 ms and our page a ping every 5 s. A network that is gone for 15 s is waited
            for, and the page keeps its connection as long (``frontend/lib/connection``). ``None``
            where the wire itself notices that the client is gone.
        time_limit: from connected to the end, or ``None`` for no limit.
        drain: for audio that is still queued when the handler ends the stream itself.
        shutdown: for the user's ``shutdown``; after it the session closes without waiting longer.
    """

    connect: float = 30.0
    first_sign: float = 10.0
    first_sign_wanted: float = 5.0
    silence: float | None = 20.0
    time_limit: float | None = None
    drain: float = 30.0
    shutdown: float = 10.0
