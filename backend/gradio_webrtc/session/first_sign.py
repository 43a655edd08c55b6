"""The deadline for a client's first sign of life: an ICE check, or a candidate of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gradio_webrtc.concurrency.served_time import ServedTimer, call_later, watch_of
from gradio_webrtc.session.state import CloseReason, Limits


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
