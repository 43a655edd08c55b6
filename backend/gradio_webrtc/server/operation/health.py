"""Whether a process takes sessions, and how many it has: what load balancers and people ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

from gradio_webrtc.server.hosted_sessions import HostedSessions
from gradio_webrtc.server.operation.process_id import process_id
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.session.state import SessionState

Status = Literal["ready", "full", "draining"]

LIVE = (SessionState.CONNECTING, SessionState.OPEN, SessionState.CLOSING)
"""The states that a session is seen in; it is in the first and the last for a moment only."""


@cache
def package_version() -> str:
    """Return the version of this package, as it is installed."""
    try:
        return version("gradio_webrtc")
    except PackageNotFoundError:  # run from a folder that was put on the path
        return "unknown"


@dataclass(frozen=True)
class Health:
    """How the streams of one app are at a moment.

    Attributes:
        status: ``"draining"`` when no new session is taken, ``"full"`` when every place is taken
            (whoever comes now stands in line), else ``"ready"``.
        sessions: how many there are in each of the states ``connecting``, ``open``, ``closing``.
        waiting: how many clients stand in line.
        limit: how many sessions there may be at once, or ``None`` for no limit.
    """

    status: Status
    sessions: dict[str, int]
    waiting: int
    limit: int | None

    @property
    def code(self) -> int:
        """The status of the HTTP answer: 503 when nothing new should be sent here."""
        return 503 if self.status == "draining" else 200

    def as_json(self) -> dict[str, Any]:
        """Return what a client is answered."""
        return {**asdict(self), "version": package_version(), "process": process_id()}


def health_of(hosts: Iterable[HostedSessions], *, stopping: bool = False) -> Health:
    """Return how ``hosts`` are, on whose event loop this is called.

    Args:
        hosts: of one app; those that share their places are counted once.
        stopping: whether the server that serves them is known to stop.
    """
    hosts = list(hosts)
    registries = registries_of(hosts)
    full = bool(registries) and all(registry.full for registry in registries)
    draining = stopping or any(host.draining for host in hosts)
    limits = [registry.limit for registry in registries if registry.limit is not None]
    return Health(
        status="draining" if draining else "full" if full else "ready",
        sessions=sessions_by_state(registries),
        waiting=sum(len(registry.line) for registry in registries),
        limit=sum(limits) if registries and len(limits) == len(registries) else None,
    )


def registries_of(hosts: Iterable[HostedSessions]) -> list[SessionRegistry]:
    """Return the places of ``hosts``, each once however many share them."""
    return list({id(host.registry): host.registry for host in hosts}.values())


def sessions_by_state(registries: Iterable[SessionRegistry]) -> dict[str, int]:
    """Return how many sessions there are in each state, those without any included."""
    counted = Counter(session.state for registry in registries for session in registry)
    return {state.value: counted[state] for state in LIVE}
