"""Which sessions exist, how many may, and who waits for a place."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from gradio_webrtc.errors import (
    ConcurrencyLimitReachedError,
    ConnectionAlreadyExistsError,
    ConnectionClosedError,
    InvalidIdError,
    UnknownConnectionError,
)
from gradio_webrtc.session.ids import check_id
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.session.waiting import WaitingLine

logger = logging.getLogger(__name__)

REMEMBERED_IDS = 4096
"""Ids of ended sessions kept, so that a late request is told 'closed' rather than 'unknown'."""

EARLY_CANDIDATE_WAIT = 2.0
"""Seconds a candidate waits for the offer it belongs to: the two race on separate requests."""


@dataclass(frozen=True)
class Place:
    """Leave to open one session with this id."""

    webrtc_id: str
    owner: str | None


class SessionRegistry:
    """The live sessions of one component or stream. Belongs to one event loop.

    Args:
        limit: how many sessions may be live at once, or ``None`` for no limit.
    """

    def __init__(self, limit: int | None = 1) -> None:
        self.limit = limit
        self._sessions: dict[str, Session] = {}
        self._opening: dict[str, Place] = {}
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._arrivals: dict[str, list[asyncio.Future[None]]] = {}
        self.line = WaitingLine(self._free_places)

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    # -- places ------------------------------------------------------------------------------

    def _free_places(self) -> int | None:
        if self.limit is None:
            return None
        return self.limit - len(self._sessions) - len(self._opening)

    def claim(self, webrtc_id: object, owner: str | None) -> Place:
        """Take a place for a new session, before anything costly is done for it.

        Raises:
            InvalidIdError, ConnectionAlreadyExistsError, ConnectionClosedError,
            ConcurrencyLimitReachedError
        """
        checked = check_id(webrtc_id)
        if checked in self._sessions or checked in self._opening:
            raise ConnectionAlreadyExistsError("This connection id is already in use.")
        if checked in self._closed:
            raise ConnectionClosedError("This connection was closed; use a fresh id.")
        if not self.line.take(checked, owner) and self.limit is not None:
            raise ConcurrencyLimitReachedError(self.limit)
        place = Place(checked, owner)
        self._opening[checked] = place
        return place

    def release(self, place: Place) -> None:
        """Give a claimed place back when no session came of it. Idempotent."""
        if self._opening.pop(place.webrtc_id, None) is not None:
            self.line.admit()

    def add(self, place: Place, session: Session) -> None:
        """Turn a claimed place into a live session; it leaves by itself when it closes."""
        del self._opening[place.webrtc_id]
        self._sessions[place.webrtc_id] = session
        session.on_closed_callbacks.append(self._remove)
        for arrival in self._arrivals.pop(place.webrtc_id, []):
            if not arrival.done():
                arrival.set_result(None)

    def _remove(self, session: Session) -> None:
        self._sessions.pop(session.webrtc_id, None)
        self._closed[session.webrtc_id] = None
        while len(self._closed) > REMEMBERED_IDS:
            self._closed.popitem(last=False)
        self.line.admit()

    # -- finding -----------------------------------------------------------------------------

    def get(self, webrtc_id: object, owner: str | None = None) -> Session:
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

    def find(self, webrtc_id: object) -> Session | None:
        """Return the live session with this id, whoever owns it, or ``None``."""
        return self._sessions.get(webrtc_id) if isinstance(webrtc_id, str) else None

    async def get_soon(self, webrtc_id: object, owner: str | None = None) -> Session:
        """``get``, waiting a little for an offer that is still on its way."""
        checked = check_id(webrtc_id)
        if checked not in self._sessions and checked not in self._closed:
            arrival: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            waiting = self._arrivals.setdefault(checked, [])
            waiting.append(arrival)
            try:
                await asyncio.wait([arrival], timeout=EARLY_CANDIDATE_WAIT)
            finally:
                waiting.remove(arrival)
                if not waiting:
                    self._arrivals.pop(checked, None)
        return self.get(checked, owner)

    # -- ending ------------------------------------------------------------------------------

    async def replace(self, old_id: object, owner: str | None) -> None:
        """End the owner's earlier session, so that its place is free for the next offer."""
        try:
            session = self.get(old_id, owner)
        except (InvalidIdError, UnknownConnectionError, ConnectionClosedError):
            return
        await session.aclose(CloseReason.REPLACED)

    async def close_all(self, reason: CloseReason = CloseReason.SERVER_SHUTDOWN) -> None:
        """End every session and wait until all are gone."""
        sessions = list(self._sessions.values())
        if sessions:
            logger.info("closing %d sessions: %s", len(sessions), reason.value)
        text = "The server is shutting down." if reason is CloseReason.SERVER_SHUTDOWN else ""
        await asyncio.gather(*(session.aclose(reason, text) for session in sessions))
        self.line.close()
