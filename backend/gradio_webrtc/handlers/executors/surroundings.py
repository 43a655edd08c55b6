"""What code on a worker still knows of where it was called: its session, its reply.

Whoever keeps something in context variables registers it by ``carry``. On the server it gives what
restores it on a worker; what is asked of it there comes back as messages, in order with the values
that a generator yields. Only what can be pickled travels.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from gradio_webrtc.json_values import Json

Post: TypeAlias = Callable[..., None]
"""Sends a message back: its name, then its values, which are pickled."""

News: TypeAlias = Callable[[Json], None]
"""Takes what the server says of it, from step to step."""

Restore: TypeAlias = Callable[[Any, Post], News]
"""A function of a module, called on the worker with the state and who takes messages."""


@dataclass(frozen=True)
class Surrounding:
    """One thing that is carried with a call.

    Attributes:
        restore: brings it back on a worker.
        state: what it is restored of.
        receive: takes a message on the server's event loop.
        news: returns what the worker is told with each step.
        owner: whose call it is, where that is known: a connection.
    """

    restore: Restore
    state: Any
    receive: Callable[..., None]
    news: Callable[[], Json] = lambda: None
    owner: Hashable = None


_carriers: list[Callable[[], Surrounding | None]] = []


def carry(carrier: Callable[[], Surrounding | None]) -> None:
    """Ask ``carrier`` at each call, in the calling code's context; ``None``: it has nothing."""
    _carriers.append(carrier)


def surroundings_here() -> list[Surrounding]:
    """Return what a call that is made here carries."""
    found = (carrier() for carrier in _carriers)
    return [surrounding for surrounding in found if surrounding is not None]


def owner_of(surroundings: Sequence[Surrounding]) -> Hashable:
    """Return whose call it is; ``None``: nobody knows."""
    return next((each.owner for each in surroundings if each.owner is not None), None)
