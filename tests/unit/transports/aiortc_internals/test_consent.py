"""Answers may be late, and a client that gives none any more is missed after half a minute."""

from __future__ import annotations

import asyncio
import random
from types import SimpleNamespace
from typing import Any

import pytest
from aioice.stun import TransactionFailed, TransactionTimeout

from gradio_webrtc.transports.aiortc_internals.consent import (
    EXPIRES_SECONDS,
    INTERVAL_SECONDS,
    RETRANSMISSIONS,
    keep_consent,
)

pytestmark = pytest.mark.looptime


class Agent:
    """An ICE agent whose other side answers as it is told to.

    Attributes:
        answers_after: seconds from a check to its answer; ``None``: it never comes.
        refuses: whether the answer is an error.
        closed_at: when it was closed.
    """

    def __init__(self) -> None:
        self.answers_after: float | None = 0.05
        self.refuses = False
        self.remote_password = "theirs"
        self.closed_at: float | None = None
        self.asked: list[float] = []
        self.requests = 0
        self._nominated = {1: SimpleNamespace(protocol=self, remote_addr=("192.0.2.1", 9))}
        self._query_consent_task: asyncio.Task[None] | None = None
        keep_consent(SimpleNamespace(_connection=self))  # type: ignore[arg-type]

    def connect(self) -> None:
        query: Any = self.query_consent  # type: ignore[attr-defined]
        self._query_consent_task = asyncio.ensure_future(query())

    async def close(self) -> None:
        self.closed_at = asyncio.get_running_loop().time()
        if self._query_consent_task is not None:
            self._query_consent_task.cancel()

    def build_request(self, pair: Any, nominate: bool) -> str:
        assert not nominate
        return "a check"

    async def request(
        self, request: Any, addr: Any, integrity_key: bytes, retransmissions: int
    ) -> None:
        assert (integrity_key, retransmissions) == (b"theirs", RETRANSMISSIONS)
        self.asked.append(asyncio.get_running_loop().time())
        self.requests += 1
        try:
            if self.answers_after is None:
                await asyncio.sleep(0.5 * (2 ** (RETRANSMISSIONS + 1) - 1))
                raise TransactionTimeout
            await asyncio.sleep(self.answers_after)
            if self.refuses:
                raise TransactionFailed(SimpleNamespace(attributes={}))  # type: ignore[arg-type]
        finally:
            self.requests -= 1


@pytest.mark.parametrize("seconds", [0.05, 2.0, 20.0])
async def test_an_answer_counts_however_late_it_comes(seconds: float) -> None:
    agent = Agent()
    agent.answers_after = seconds
    agent.connect()
    await asyncio.sleep(300)
    assert agent.closed_at is None
    assert len(agent.asked) == pytest.approx(300 / INTERVAL_SECONDS, abs=10)
    steps = [later - earlier for earlier, later in zip(agent.asked, agent.asked[1:], strict=False)]
    assert 0.8 * INTERVAL_SECONDS <= min(steps) < max(steps) <= 1.2 * INTERVAL_SECONDS + 0.001
    await agent.close()


@pytest.mark.parametrize("refuses", [False, True])
async def test_who_does_not_answer_any_more_is_left(refuses: bool) -> None:
    random.seed(1)
    agent = Agent()
    agent.connect()
    await asyncio.sleep(60)
    agent.refuses, agent.answers_after = refuses, 0.05 if refuses else None
    last = agent.asked[-1]
    await asyncio.sleep(60)
    assert agent.closed_at is not None
    assert EXPIRES_SECONDS <= agent.closed_at - last <= EXPIRES_SECONDS + 1.2 * INTERVAL_SECONDS
    await asyncio.sleep(0)
    assert agent.requests == 0, "what still waited for an answer has ended"


async def test_a_closed_connection_asks_no_more() -> None:
    agent = Agent()
    agent.answers_after = None
    agent.connect()
    await asyncio.sleep(12)
    assert agent.requests
    await agent.close()
    await asyncio.sleep(0.1)
    asked = len(agent.asked)
    assert agent.requests == 0
    await asyncio.sleep(60)
    assert len(agent.asked) == asked
