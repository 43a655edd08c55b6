"""The line in front of a full stream: first come, first served, and nobody waits for a ghost."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from gradio_webrtc.concurrency.served_time import ServedTimer, call_later
from gradio_webrtc.concurrency.waiting import finished_within
from gradio_webrtc.errors import (
    ConcurrencyLimitReachedError,
    TooManyRequestsError,
    UnknownConnectionError,
)
from gradio_webrtc.server.quotas import WAITING, Quota, Requester

POLL_SECONDS = 25.0
"""How long one question may wait for its answer; proxies commonly cut requests at 30 s or 60 s."""

RESERVED_SECONDS = 10.0
"""How long an admitted client may take to send its offer, and a waiting one to ask again. The time
for which the event loop stood still does not count, as their requests could not be read."""

MAX_WAITING = 1000

MAX_QUESTIONS = 4
"""Questions one client may have open. A page has one; after a lost request it asks again."""


@dataclass
class _Ticket:
    owner: str | None
    network: str | None = None
    asking: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    expiry: ServedTimer | None = None

    def cancel_expiry(self) -> None:
        if self.expiry is not None:
            self.expiry.cancel()
            self.expiry = None


class WaitingLine:
    """Clients that wait for a place, and places reserved for the ones just admitted.

    Args:
        free_places: how many places are neither used nor being opened; ``None`` for no limit.
            Reservations are this object's own and not counted there.
        wanted: is called when somebody begins to wait.

    Attributes:
        quota: how many places in the line one page and one address may have.
    """

    def __init__(
        self, free_places: Callable[[], int | None], wanted: Callable[[], None] = lambda: None
    ) -> None:
        self._free_places = free_places
        self._wanted = wanted
        self.quota: Quota = WAITING
        self._line: OrderedDict[str, _Ticket] = OrderedDict()
        self._reserved: dict[str, _Ticket] = {}

    def __len__(self) -> int:
        return len(self._line)

    def take(self, webrtc_id: str, owner: str | None) -> bool:
        """Use the reservation of ``webrtc_id``, or a free place nobody waits for."""
        ticket = self._reserved.get(webrtc_id)
        if ticket is not None and ticket.owner == owner:
            ticket.cancel_expiry()
            del self._reserved[webrtc_id]
            return True
        free = self._free_places()
        return free is None or free - len(self._reserved) > 0

    def admit(self) -> None:
        """Hand free places to those in front. Call whenever a place may have become free."""
        while self._line:
            free = self._free_places()
            if free is not None and free - len(self._reserved) <= 0:
                return
            webrtc_id, ticket = self._line.popitem(last=False)
            self._reserved[webrtc_id] = ticket
            self._expire_later(webrtc_id, ticket)
            for other in self._line.values():
                other.changed.set()
            ticket.changed.set()

    async def wait(self, webrtc_id: str, owner: str | None, network: str | None = None) -> int:
        """Wait for a place; return 0 when one is reserved, else the position in the line.

        Answers at once when the position changed since the last answer, and within
        ``POLL_SECONDS`` in any case.

        Raises:
            UnknownConnectionError: somebody else waits under this id.
            ConcurrencyLimitReachedError: the line itself is full.
            TooManyRequestsError: ``owner`` or ``network`` waits too often already.
        """
        new = webrtc_id not in self._line and webrtc_id not in self._reserved
        ticket = self._ticket(webrtc_id, owner, network)
        if ticket.asking >= MAX_QUESTIONS:
            raise TooManyRequestsError("This client is asking for a place already.")
        self.admit()
        if webrtc_id in self._reserved:
            return 0
        if new:
            self._expire_later(webrtc_id, ticket)
            self._wanted()
            return self._position(webrtc_id)
        ticket.asking += 1
        ticket.cancel_expiry()
        try:
            await finished_within(ticket.changed.wait(), POLL_SECONDS)
        finally:
            ticket.changed.clear()
            ticket.asking -= 1
            if webrtc_id in self._line and not ticket.asking:
                self._expire_later(webrtc_id, ticket)
        return self._position(webrtc_id)

    def leave(self, webrtc_id: str, owner: str | None) -> bool:
        """Give up waiting; return whether ``owner`` was waiting under this id."""
        ticket = self._line.get(webrtc_id) or self._reserved.get(webrtc_id)
        if ticket is None or ticket.owner != owner:
            return False
        self._forget(webrtc_id)
        return True

    def put_last(self, network: str | None) -> None:
        """Let everybody else go before those of ``network``, which has just wasted a place.

        Those who wait at one address keep their order. ``None`` is nobody's address.
        """
        if network is None:
            return
        for webrtc_id in [key for key, each in self._line.items() if each.network == network]:
            self._line.move_to_end(webrtc_id)
        for ticket in self._line.values():
            ticket.changed.set()

    def close(self) -> None:
        """Wake everybody and forget the line."""
        for webrtc_id in [*self._line, *self._reserved]:
            self._forget(webrtc_id, admit=False)

    def _ticket(self, webrtc_id: str, owner: str | None, network: str | None) -> _Ticket:
        ticket = self._line.get(webrtc_id) or self._reserved.get(webrtc_id)
        if ticket is None:
            if len(self._line) >= MAX_WAITING:
                raise ConcurrencyLimitReachedError(MAX_WAITING)
            tickets = (*self._line.values(), *self._reserved.values())
            holders = [Requester(each.owner, each.network) for each in tickets]
            self.quota.check(Requester(owner, network), holders)
            ticket = self._line[webrtc_id] = _Ticket(owner, network)
        if ticket.owner != owner:
            raise UnknownConnectionError("There is no connection with this id.")
        return ticket

    def _position(self, webrtc_id: str) -> int:
        if webrtc_id in self._reserved:
            return 0
        for position, waiting in enumerate(self._line, start=1):
            if waiting == webrtc_id:
                return position
        raise UnknownConnectionError("This client is no longer waiting.")

    def _expire_later(self, webrtc_id: str, ticket: _Ticket) -> None:
        ticket.cancel_expiry()
        loop = asyncio.get_running_loop()
        ticket.expiry = call_later(loop, RESERVED_SECONDS, self._expire, webrtc_id)

    def _expire(self, webrtc_id: str) -> None:
        ticket = self._reserved.get(webrtc_id)
        if ticket is not None:
            self.put_last(ticket.network)
        self._forget(webrtc_id)

    def _forget(self, webrtc_id: str, admit: bool = True) -> None:
        ticket = self._line.pop(webrtc_id, None) or self._reserved.pop(webrtc_id, None)
        if ticket is None:
            return
        ticket.cancel_expiry()
        ticket.changed.set()
        for other in self._line.values():
            other.changed.set()
        if admit:
            self.admit()
