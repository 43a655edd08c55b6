"""The seam between a session and its wire: both sides have all of it, called the same way."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from gradio_webrtc.session.session import Session
from gradio_webrtc.session.transport import Transport, TransportListener
from gradio_webrtc.transports.peer_transport import PeerTransport
from tests.support.fake_transport import FakeTransport
from tests.support.memory_transport import MemoryTransport


def methods(protocol: type) -> list[str]:
    return [name for name in vars(protocol) if not name.startswith("_")]


def parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("protocol", "implementation"),
    [
        (TransportListener, Session),
        (Transport, PeerTransport),
        (Transport, MemoryTransport),
        (Transport, FakeTransport),
    ],
)
def test_each_side_has_every_method_with_its_parameters(
    protocol: type, implementation: type
) -> None:
    assert len(methods(protocol)) > 5
    for name in methods(protocol):
        wanted, got = getattr(protocol, name), getattr(implementation, name, None)
        if callable(wanted):
            assert got is not None, f"{implementation.__name__} has no {name}()"
            assert parameters(got) == parameters(wanted), name
            waits = inspect.iscoroutinefunction(wanted)
            assert inspect.iscoroutinefunction(got) is waits, name
