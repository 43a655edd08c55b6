"""Which sessions exist, how many may, and who waits for a place."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from gradio_webrtc.concurrency.served_time import wait
from gradio_webrtc.errors import (
    ConcurrencyLimitReachedError,
    ConnectionAlreadyExistsError,
    ConnectionClosedError,
    InvalidIdError,
    ServerDrainingError,
    UnknownConnectionError,
)
from gradio_webrtc.json_values import Json
from gradio_webrtc.server.places.shared_places import SharedPlaces
from gradio_webrtc.server.quotas import CONNECTING, UNLIMITED, Quota, Requester
from gradio_webrtc.server.waiting_line import WaitingLine
from gradio_webrtc.session.ids import check_id
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason

logger = logging.getLogger(__name__)

REMEMBERED_IDS = 4096
"""Ids of ended sessions kept, so that a late request is told 'closed' rather than 'unknown'."""

EARLY_CANDIDATE_WAIT = 2.0
"""Seconds a candidate waits for the offer it belongs to: the two race on separate requests."""

OPENING_WAIT = 25.0
"""Seconds for which a client's next request waits until its session is open: longer than a provider
of ICE servers may take, and shorter than proxies let a request take, 30 s."""


@dataclass(frozen=True)
class Place:
    """Leave to open one session with this id."""

    webrtc_id: str
    owner: str | None
    network: str | None = None


class SessionRegistry:
    """The live sessions of one component or stream. Belongs to one event loop.

    Args:
        limit: how many sessions may be live at once, or ``None`` for no limit.

    Attributes:
        shared: counts the sessions of all processes against the limit, or ``None``.
        draining: whether nobody new is let in; those who are in stay, and may connect anew.
    """

    def __init__(self, limit: int | None = 1) -> None:
        self.limit = limit
        self._sessions: dict[str, Session] = {}
        self._opening: dict[str, Place] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._arrivals: dict[str, list[asyncio.Future[None]]] = {}
        self._heirs: dict[str, Place] = {}
        self._closing = False
        self.draining = False
        self.shared: SharedPlaces | None = None
        self.connecting: Quota = CONNECTING
        self.living: Quota = UNLIMITED
        self.line = WaitingLine(self._free_places, self._hurry)

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    # -- places ------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Whether every place is taken."""
        free = self._free_places()
        return free is not None and free <= 0

    def _free_places(self) -> int | None:
        if self.limit is None:
            return None
        if self.shared is not None and self.shared.full:
            return 0
        return self.limit - len(self._sessions) - len(self._opening)

    def _hurry(self) -> None:
        """Let go sooner of clients that made an offer and never showed themselves."""
        for session in self._sessions.values():
            session.first_sign.hurry()

    def _check_connecting(self, owner: str | None, network: str | None, old: str = "") -> None:
        """Check that ``owner`` and ``network`` do not have or open too many connections."""
        places = (*self._opening.values(), *self._heirs.values())
        opening = [Requester(place.owner, place.network) for place in places]
        others = [each for each in self._sessions.values() if each.webrtc_id != old]
        for quota, sessions in (
            (self.connecting, (each for each in others if not each.connected.is_set())),
            (self.living, others),
        ):
            holders = (Requester(each.owner, each.network) for each in sessions)
            quota.check(Requester(owner, network), (*opening, *holders))

    def claim(self, webrtc_id: Json, owner: str | None, network: str | None = None) -> Place:
        """Take a place for a new session, before anything costly is done for it.

        Raises:
            InvalidIdError, ConnectionAlreadyExistsError, ConnectionClosedError,
            ConcurrencyLimitReachedError, ServerDrainingError
            TooManyRequestsError: ``owner`` or ``network`` opens too many connections at once.
        """
        checked = self._fresh_id(webrtc_id)
        if self.draining:
            raise ServerDrainingError()
        self._check_connecting(owner, network)
        if not self.line.take(checked, owner) and self.limit is not None:
            self._hurry()
            raise ConcurrencyLimitReachedError(self.limit)
        place = Place(checked, owner, network)
        self._opening[checked] = place
        return place

    async def claim_replacing(
        self, webrtc_id: Json, old_id: Json, owner: str | None, network: str | None = None
    ) -> Place:
        """End the owner's earlier session ``old_id`` and take over its place.

        Nobody who waits in line gets between the two. One that is still being opened is waited for,
        so that nobody stands in line behind themselves. When ``old_id`` is no session of this
        owner, this is ``claim``.

        Raises:
            InvalidIdError, ConnectionAlreadyExistsError, ConnectionClosedError,
            ConcurrencyLimitReachedError, TooManyRequestsError
        """
        self._fresh_id(webrtc_id)
        try:
            session = await self.get_opened(old_id, owner)
        except (InvalidIdError, UnknownConnectionError, ConnectionClosedError):
            return self.claim(webrtc_id, owner, network)
        if session.webrtc_id in self._heirs:
            raise ConnectionAlreadyExistsError("This connection is being replaced already.")
        place = Place(self._fresh_id(webrtc_id), owner, network)
        self._check_connecting(owner, network, session.webrtc_id)
        self._heirs[session.webrtc_id] = place
        try:
            await session.aclose(CloseReason.REPLACED)
        except BaseException:
            # Cancelled: nobody will come for the place, whether it was handed over yet or not.
            self._heirs.pop(session.webrtc_id, None)
            self.release(place)
            self._tell_arrivals(place.webrtc_id)
            raise
        return place

    def release(self, place: Place) -> None:
        """Give a claimed place back when no session came of it. Idempotent."""
        if self._opening.pop(place.webrtc_id, None) is not None:
            self._tell_arrivals(place.webrtc_id)
            self.line.admit()

    def add(self, place: Place, session: Session) -> None:
        """Turn a claimed place into a live session; it leaves by itself when it closes.

        Raises:
            ConnectionClosedError: ``close_all`` was called while the session was being opened.
        """
        if self._opening.pop(place.webrtc_id, None) is not place:
            raise ConnectionClosedError("The server is shutting down.")
        self._sessions[place.webrtc_id] = session
        session.on_closed_callbacks.append(self._remove)
        if len(self.line):
            session.first_sign.hurry()
        self._tell_arrivals(place.webrtc_id)

    def _fresh_id(self, webrtc_id: Json) -> str:
        checked = check_id(webrtc_id)
        if checked in self._sessions or self._place_of(checked) is not None:
            raise ConnectionAlreadyExistsError("This connection id is already in use.")
        if checked in self._closed:
            raise ConnectionClosedError("This connection was closed; use a fresh id.")
        if self._closing:
            raise ConnectionClosedError("The server is shutting down.")
        return checked

    def _place_of(self, webrtc_id: str) -> Place | None:
        """Return the place of a session that is being opened, or waits for the one it replaces."""
        heirs = (heir for heir in self._heirs.values() if heir.webrtc_id == webrtc_id)
        return self._opening.get(webrtc_id) or next(heirs, None)

    def _tell_arrivals(self, webrtc_id: str) -> None:
        for arrival in self._arrivals.pop(webrtc_id, []):
            if not arrival.done():
                arrival.set_result(None)

    def _remove(self, session: Session) -> None:
        self._sessions.pop(session.webrtc_id, None)
        heir = self._heirs.pop(session.webrtc_id, None)
        if heir is not None:
            self._opening[heir.webrtc_id] = heir
        self._closed[session.webrtc_id] = None
        while len(self._closed) > REMEMBERED_IDS:
            self._closed.popitem(last=False)
        if session.ending is not None and session.ending.reason is CloseReason.CONNECT_TIMEOUT:
            self.line.put_last(session.network)
        self.line.admit()

    # -- finding -----------------------------------------------------------------------------

    def get(self, webrtc_id: Json, owner: str | None = None) -> Session:
        """Return the live session with this id, if it is the owner who asks.

        Raises:
            InvalidIdError, ConnectionClosedError, UnknownConnectionError
        """
        checked = check_id(webrtc_id)
        session = self._sessions.get(checked)
        if session is None:
            if checked in self._closed:
                raise ConnectionClosedError("This connection is closed.")
            raise UnknownConnectionError("There is no connection with this id.")
        if session.owner != owner:
            # The same words as for an id that does not exist: nobody learns of others' sessions.
            raise UnknownConnectionError("There is no connection with this id.")
        return session

    def find(self, webrtc_id: Json) -> Session | None:
        """Return the live session with this id, whoever owns it, or ``None``."""
        return self._sessions.get(webrtc_id) if isinstance(webrtc_id, str) else None

    def knows(self, webrtc_id: Json) -> bool:
        """Whether there is, was or will be a session with this id."""
        return isinstance(webrtc_id, str) and (
            webrtc_id in self._sessions
            or webrtc_id in self._closed
            or self._place_of(webrtc_id) is not None
        )

    def is_over(self, webrtc_id: str) -> bool:
        """Whether a session with this id has ended."""
        return webrtc_id in self._closed

    async def get_soon(self, webrtc_id: Json, owner: str | None = None) -> Session:
        """``get``, waiting a little for an offer that is still on its way."""
        checked = check_id(webrtc_id)
        unknown = checked not in self._sessions and checked not in self._closed
        if unknown and self._place_of(checked) is None:
            await self._arrival(checked, EARLY_CANDIDATE_WAIT)
        return await self.get_opened(checked, owner)

    async def get_opened(self, webrtc_id: Json, owner: str | None = None) -> Session:
        """``get``, after the opening that is under way: its ICE servers may be asked for."""
        checked = check_id(webrtc_id)
        if self._place_of(checked) is not None:
            await self._arrival(checked, OPENING_WAIT)
        return self.get(checked, owner)

    async def _arrival(self, webrtc_id: str, timeout: float) -> None:
        arrival: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._arrivals.setdefault(webrtc_id, [])
        waiting.append(arrival)
        try:
            await wait([arrival], timeout)
        finally:
            waiting.remove(arrival)
            if not waiting and self._arrivals.get(webrtc_id) is waiting:
                del self._arrivals[webrtc_id]

    # -- ending ------------------------------------------------------------------------------

    async def close_all(self, reason: CloseReason = CloseReason.SERVER_SHUTDOWN) -> None:
        """End every session, those being opened too, and wait until all are gone."""
        self._closing = True
        self._opening.clear()
        self._heirs.clear()
        for webrtc_id in list(self._arrivals):
            self._tell_arrivals(webrtc_id)
        sessions = list(self._sessions.values())
        if sessions:
            logger.info("closing %d sessions: %s", len(sessions), reason.value)
        text = "The server is shutting down." if reason is CloseReason.SERVER_SHUTDOWN else ""
        self.line.close()
        try:
            await asyncio.gather(*(session.aclose(reason, text) for session in sessions))
        finally:
            self._closing = False
