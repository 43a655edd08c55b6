"""Whether the other side still wants what it is sent: consent freshness (RFC 7675).

aioice counts a check as failed whose answer takes longer than half a second, and ends a connection
after six of them. A phone behind a full buffer, a satellite, or a server with more work than it can
do answers later than that for half a minute, and is there all the same. The RFC goes by the time
since the last answer, however long that one took.
"""

from __future__ import annotations

import asyncio
import random

from aioice import Connection
from aioice.ice import CandidatePair
from aioice.stun import TransactionError
from aiortc import RTCIceTransport

from gradio_webrtc.concurrency.background_tasks import BackgroundTasks
from gradio_webrtc.concurrency.served_time import watch_of

INTERVAL_SECONDS = 5.0
"""From one check to the next, give or take a fifth (RFC 7675, section 5.1)."""
EXPIRES_SECONDS = 30.0
"""After so long without an answer nothing may be sent any more (the same section)."""
RETRANSMISSIONS = 5
"""Of one check, at twice the distance each time: its answer may take 31.5 s."""


def keep_consent(ice: RTCIceTransport) -> None:
    """Let the agent of ``ice`` go by the time since the last answer; call it before it starts."""
    agent: Connection = ice._connection

    async def query_consent() -> None:
        checks = BackgroundTasks("a check of consent")
        try:
            await _Consent(agent, checks).expired()
        finally:
            checks.cancel()
        agent._query_consent_task = None
        await agent.close()

    agent.query_consent = query_consent  # type: ignore[method-assign]


class _Consent:
    """Asks for it again and again.

    Args:
        agent: is connected.
        checks: those that wait for their answer.
    """

    def __init__(self, agent: Connection, checks: BackgroundTasks) -> None:
        self._agent = agent
        self._checks = checks
        self._clock = watch_of(asyncio.get_running_loop())
        self._given = self._clock.time()

    async def expired(self) -> None:
        """Return when there was no answer for too long."""
        while self._clock.time() - self._given < EXPIRES_SECONDS:
            await asyncio.sleep(INTERVAL_SECONDS * random.uniform(0.8, 1.2))
            for pair in self._agent._nominated.values():
                self._checks.spawn(self._check(pair))

    async def _check(self, pair: CandidatePair) -> None:
        password = self._agent.remote_password
        assert password is not None  # it is connected
        try:
            await pair.protocol.request(
                self._agent.build_request(pair, nominate=False),
                pair.remote_addr,
                integrity_key=password.encode(),
                retransmissions=RETRANSMISSIONS,
            )
        except TransactionError:
            return
        self._given = self._clock.time()
