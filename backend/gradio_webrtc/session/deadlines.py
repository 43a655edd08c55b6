"""A session's deadlines: first sign of life, connect, silence and time limit.

Each is one timer, and nothing is polled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from gradio_webrtc.concurrency.served_time import ServedTimer, call_later, watch_of
from gradio_webrtc.concurrency.silence import Silence
from gradio_webrtc.session.state import CloseReason, Limits


class _Timer(Protocol):
    def cancel(self) -> None: ...


class Deadlines:
    """Calls ``expired(reason, text)`` once when the first deadline of the current phase passes.

    What the client has to keep is measured in served time: for as long as the event loop stood
    still nothing it sent could be read. The time limit is the clock's.

    The silence deadline arms with the first sign of life, so a client that only listens and never
    speaks is left to ICE's own consent check.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        expired: Callable[[CloseReason, str], None],
    ) -> None:
        self._loop = loop
        self._limits = limits
        self._expired = expired
        self._timers: dict[CloseReason, _Timer] = {}
        self._watch = watch_of(loop)
        self._watching = False
        self._open = False
        silence = limits.silence
        self._silence = None if silence is None else Silence(loop, silence, self._unheard)

    def start_connecting(self) -> None:
        """Arm the connect deadline."""
        self._watching = True
        self._watch.enter()
        limit = self._limits.connect
        self._timers[CloseReason.CONNECT_TIMEOUT] = call_later(
            self._loop,
            limit,
            self._expired,
            CloseReason.CONNECT_TIMEOUT,
            f"The connection could not be established within {limit:g} seconds. When the server "
            "is not on this network, a TURN server is usually needed.",
        )

    def start_open(self) -> None:
        """Drop the connect deadline and arm the time limit."""
        self._open = True
        self._drop(CloseReason.CONNECT_TIMEOUT)
        if self._limits.time_limit is not None:
            limit = self._limits.time_limit
            self._timers[CloseReason.TIME_LIMIT] = self._loop.call_later(
                limit,
                self._expired,
                CloseReason.TIME_LIMIT,
                f"The time limit of {limit:g} seconds is over.",
            )

    def heard(self) -> None:
        """The client gave a sign of life."""
        if self._silence is not None:
            self._silence.heard()
            if self._open:
                self._silence.watch()

    def cancel(self) -> None:
        """Disarm everything. Idempotent."""
        self._open = False
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._silence is not None:
            self._silence.cancel()
        if self._watching:
            self._watching = False
            self._watch.leave()

    def _unheard(self) -> None:
        self._expired(
            CloseReason.PEER_LOST,
            f"Nothing was heard from the browser for {self._limits.silence:g} seconds.",
        )

    def _drop(self, reason: CloseReason) -> None:
        timer = self._timers.pop(reason, None)
        if timer is not None:
            timer.cancel()


class FirstSign:
    """Ends a session whose client never shows itself once it was answered.

    An offer costs its sender nothing, so it must not hold a place as long as a connection that is
    being established. A browser that was answered sends a candidate or an ICE check after one round
    trip, also where connecting through TURN takes it long.

    Args:
        loop: the event loop of the session.
        limits: ``first_sign``, and ``first_sign_wanted`` while somebody waits for the place.
        expired: is called with the reason and words when the deadline passes.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        limits: Limits,
        expired: Callable[[CloseReason, str], None],
    ) -> None:
        self._loop = loop
        self._limits = limits
        self._expired = expired
        self._timer: ServedTimer | None = None
        self._answered: float | None = None
        self._wanted = False
        self._over = False

    def answered(self) -> None:
        """The answer is on its way to the client."""
        if not self._over and self._answered is None:
            self._answered = watch_of(self._loop).time()
            self._arm()

    def hurry(self) -> None:
        """Somebody waits for this session's place."""
        if not self._wanted:
            self._wanted = True
            self._arm()

    def seen(self) -> None:
        """The client is there, or the session is over; idempotent."""
        self._over = True
        self._disarm()

    def _arm(self) -> None:
        self._disarm()
        if self._answered is None or self._over:
            return
        limit = self._limits.first_sign_wanted if self._wanted else self._limits.first_sign
        self._timer = call_later(
            self._loop,
            max(0.0, self._answered + limit - watch_of(self._loop).time()),
            self._expired,
            CloseReason.CONNECT_TIMEOUT,
            f"Nothing came from the browser within {limit:g} seconds of the answer.",
        )

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
