"""The first ICE check of a client, how many pairs are checked, and the end of the checks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from aioice import Candidate, Connection
from aioice.ice import StunProtocol

from gradio_webrtc.transports.aiortc_internals.ice import limit_checks, watch_checks
from tests.support.leaks import other_tasks

MAX_PAIRS = 5


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


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[Connection]:
    made = Connection(ice_controlling=False)
    ice: Any = SimpleNamespace(_connection=made)
    limit_checks(ice, lambda _: True, max_sources=100, max_pairs=MAX_PAIRS)
    await made.gather_candidates()
    made.remote_username, made.remote_password = "theirs", "their password"
    yield made
    await made.close()


async def name_candidates(agent: Connection, count: int) -> None:
    for number in range(count):
        line = f"{number} 1 udp {2**30 + number} 10.0.{number}.1 9 typ host"
        await agent.add_remote_candidate(Candidate.from_sdp(line))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return where checks go to; none of them leaves."""
    to: list[tuple[str, int]] = []
    monkeypatch.setattr(StunProtocol, "send_stun", lambda _self, _message, addr: to.append(addr))
    return to


async def test_pairs_are_bounded_before_and_while_they_are_checked(
    agent: Connection, written: list[tuple[str, int]]
) -> None:
    await name_candidates(agent, MAX_PAIRS + 5)
    connecting = asyncio.ensure_future(agent.connect())
    await asyncio.sleep(0.02 * (MAX_PAIRS + 5))
    assert len(agent._check_list) == MAX_PAIRS
    assert len(set(written)) == MAX_PAIRS
    await agent.close()
    with pytest.raises(ConnectionError):
        await connecting


async def test_checks_end_with_the_agent(agent: Connection, written: list[tuple[str, int]]) -> None:
    """Its client has not said that there are no more candidates, and answers none of the checks."""
    await name_candidates(agent, 3)
    connecting = asyncio.ensure_future(agent.connect())
    await asyncio.sleep(0.05)
    assert written
    await agent.close()
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(connecting, 1.0)
    assert other_tasks() == set()
    before = len(written)
    await asyncio.sleep(0.6)  # the first packet is sent again after half a second
    assert len(written) == before
