"""The first ICE check of a client that has our answer."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gradio_webrtc.transports.aiortc_internals.ice import watch_checks


class FakeAgent:
    """An ICE agent that keeps the checks it was given."""

    local_username = "ours"

    def __init__(self) -> None:
        self.received: list[Any] = []

    def request_received(self, message: Any, *rest: Any) -> None:
        self.received.append((message, *rest))


def check(name: str | None) -> Any:
    return SimpleNamespace(attributes={} if name is None else {"USERNAME": name})


def watched() -> tuple[FakeAgent, list[str]]:
    agent, reached = FakeAgent(), list[str]()
    ice: Any = SimpleNamespace(_connection=agent)
    watch_checks(ice, lambda: reached.append("reached"))
    return agent, reached


def test_it_is_told_of_once_and_every_check_still_arrives() -> None:
    agent, reached = watched()
    checks = [check("ours:theirs") for _ in range(3)]
    for number, each in enumerate(checks):
        agent.request_received(each, "address", f"protocol {number}")
    assert reached == ["reached"]
    assert agent.received == [
        (each, "address", f"protocol {number}") for number, each in enumerate(checks)
    ]


@pytest.mark.parametrize("name", [None, "", "ours", "oursX:theirs", "theirs:ours"])
def test_a_check_without_our_answers_name_says_nothing(name: str | None) -> None:
    agent, reached = watched()
    agent.request_received(check(name), "address", "protocol")
    assert reached == []
    assert len(agent.received) == 1
    agent.request_received(check("ours:theirs"), "address", "protocol")
    assert reached == ["reached"]
