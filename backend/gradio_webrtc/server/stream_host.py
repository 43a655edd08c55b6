"""What a component and a mounted stream share: answering the requests of one stream's clients."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Hashable, Mapping, Sequence
from functools import partial
from typing import Any
from weakref import WeakSet

from gradio_webrtc.errors import (
    ConnectionClosedError,
    SignalingError,
    UnknownConnectionError,
)
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.recording.recorder import make_recorder
from gradio_webrtc.server.answering import Answer, Answering
from gradio_webrtc.server.output_store import OutputStore
from gradio_webrtc.server.process_end import end_with_process, watch_signals
from gradio_webrtc.server.quotas import MAX_OWNER_CHARACTERS, Requester
from gradio_webrtc.server.server_stop import watch_server
from gradio_webrtc.server.session_registry import Place, SessionRegistry
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.start_tokens import StartTokens
from gradio_webrtc.session.ids import check_id, may_act
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, SessionState
from gradio_webrtc.transports.ice.ice_servers import resolve_configuration, to_aiortc
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope
from gradio_webrtc.transports.negotiation.candidates import parse_candidate
from gradio_webrtc.transports.negotiation.signaling import (
    Offer,
    check_tracks,
    kinds_for,
    parse_offer,
)
from gradio_webrtc.transports.peer_transport import PeerTransport

PLAIN = Requester()
"""A client of which nothing is known."""


class StreamHost:
    """Answers offers, candidates and waiting clients; owns the sessions that come of them.

    Belongs to the event loop that first uses it, except ``set_input`` and ``close_stream``.

    Attributes:
        starts: in mode ``"receive"``, the values with which pages were told to start.
        listeners: who takes the additional outputs of Gradio's pages; each gets every one.
        answering: how requests are answered when they cannot be.
    """

    def __init__(self, settings: StreamSettings, registry: SessionRegistry) -> None:
        self.settings = settings
        self.registry = registry
        self.starts = StartTokens()
        self.listeners: Sequence[Hashable] = ()
        self.outputs = OutputStore()
        self._sessions: WeakSet[Session] = WeakSet()
        self.answering = Answering()
        self._watching: asyncio.Task[None] | None = None
        self._stopping: asyncio.Event | None = None
        self._ending: asyncio.Task[None] | None = None
        watch_signals()

    # -- requests: each answers with a dict, a refusal among them ------------------------------

    async def signal(
        self, body: object, asking: Requester = PLAIN, client: Scope = Scope.PUBLIC
    ) -> Answer:
        """Answer an offer or a candidate, as the wire protocol says; ``client`` is where it is."""
        return await self.answering.answer(asking, self._signal(body, asking, client))

    async def wait_for_place(self, body: object, asking: Requester = PLAIN) -> Answer:
        """Answer ``{"status": "admitted"}`` or ``{"status": "waiting", "position": n}``."""
        return await self.answering.answer(asking, self._wait(body, asking))

    async def leave(self, body: object, asking: Requester = PLAIN) -> Answer:
        """Stop waiting for a place, or end the session; always succeeds for the owner."""
        return await self.answering.answer(asking, self._leave(body, asking.owner))

    async def outputs_waiting(self, body: object, asking: Requester = PLAIN) -> Answer:
        """Tell how many additional outputs a page has not fetched, and how many it has.

        Not before the calls that fetch some are over; ``busy`` is whether there were any.
        """
        return await self.answering.answer(asking, self._outputs_waiting(asking.owner))

    async def ice_configuration(self, body: object = None, asking: Requester = PLAIN) -> Answer:
        """Answer the page's RTC configuration, resolved now."""
        return await self.answering.answer(asking, self._ice_configuration())

    # -- what the app asks; ``page`` is whose session it must be, ``None`` for anybody's ----------

    def set_input(self, webrtc_id: str, args: Sequence[Any], page: str | None = None) -> None:
        """Give a session's handler the values of the other inputs. Any thread.

        A ``WebRTCData`` before them is a submit.

        Raises:
            UnknownConnectionError: there is no such session, or it is another page's.
            ConfigurationError: the stream's function cannot take this many values.
        """
        session = self.registry.find(webrtc_id)
        if session is None or not may_act(page, session.owner):
            raise UnknownConnectionError("There is no connection with this id.")
        if self.settings.check_args is not None:
            self.settings.check_args(len(args))
        session.set_args(args)

    def close_stream(self, webrtc_id: str | None, text: str = "", page: str | None = None) -> None:
        """End a session because the app wants it. Any thread.

        One that has ended, or is another page's, is left alone.
        """
        session = self.registry.find(webrtc_id)
        if session is not None and may_act(page, session.owner):
            session.end_threadsafe(CloseReason.APP_CLOSED, text)

    def end_all(self, text: str) -> int:
        """End the sessions of this stream because the app wants it. Any thread.

        Returns:
            How many there were. Other streams that share its places keep theirs.
        """
        live = [each for each in list(self._sessions) if each.state is not SessionState.CLOSED]
        for session in live:
            session.end_threadsafe(CloseReason.APP_CLOSED, text)
            self._sessions.discard(session)  # who asks again ends nobody
        return len(live)

    async def output_stream(
        self, webrtc_id: str, page: str | None = None
    ) -> AsyncIterator[AdditionalOutputs]:
        """Yield a session's additional outputs, one after the other, until it has ended.

        Raises:
            UnknownConnectionError, ConnectionClosedError, InvalidIdError
        """
        outputs = self.outputs.left_of(webrtc_id, page)
        if outputs is None:
            outputs = (await self._read(webrtc_id, page)).outputs
        async for output in outputs:
            yield output

    async def fetch_latest_output(
        self, webrtc_id: str, page: str | None = None
    ) -> AdditionalOutputs:
        """Wait for the next of a session's additional outputs and return it.

        Raises:
            UnknownConnectionError, InvalidIdError
            ConnectionClosedError: the session has ended, and all its outputs were fetched.
        """
        async for output in self.output_stream(webrtc_id, page):
            return output
        raise ConnectionClosedError("This connection is closed and has no more outputs.")

    async def aclose(self) -> None:
        """End every session because the server stops."""
        await self.registry.close_all(CloseReason.SERVER_SHUTDOWN)
        self.outputs.clear()

    def occupied(self) -> bool:
        """Whether there is a session. Any thread."""
        return len(self.registry) > 0

    async def stop_serving(self) -> None:
        """``aclose``, and tell the server's other requests that it stops. Idempotent."""
        if self._stopping is not None:
            self._stopping.set()
        if self._ending is None or self._ending.done():
            self._ending = asyncio.get_running_loop().create_task(self.aclose())
        await asyncio.shield(self._ending)

    def close_with(self, stopping: asyncio.Event) -> None:
        """End every session as soon as ``stopping`` is set; asking again changes nothing.

        For servers that cancel everything at once when they stop: a goodbye has to come before.
        """
        self._stopping = stopping
        if self._watching is None or self._watching.done():
            self._watching = asyncio.get_running_loop().create_task(self._close_after(stopping))

    # -- inside ------------------------------------------------------------------------------

    async def _close_after(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        await self.stop_serving()

    async def _signal(self, body: object, asking: Requester, client: Scope) -> Answer:
        request = _object(body)
        if request.get("type") == "offer":
            return await self._offer(request, asking, client)
        if request.get("type") == "ice-candidate":
            candidate = parse_candidate(request.get("candidate"))
            session = await self.registry.get_soon(request.get("webrtc_id"), asking.owner)
            _peer(session).add_candidate(candidate)
            session.on_reached()
            return {"status": "success"}
        raise SignalingError('A request needs a "type": "offer" or "ice-candidate".')

    async def _offer(self, request: Mapping[str, Any], asking: Requester, client: Scope) -> Answer:
        settings = self.settings
        offer = parse_offer(request.get("sdp"))
        check_tracks(offer, settings.mode, settings.modality, settings.allow_extra_tracks)
        # Before anything is ended or made: a refusal must not cost the session it would replace.
        args = self._start_args(request.get("start"), asking.owner)
        webrtc_id, replaces = request.get("webrtc_id"), request.get("replaces")
        who = (asking.owner, asking.network)
        if replaces is None:
            place = self.registry.claim(webrtc_id, *who)
        else:
            place = await self.registry.claim_replacing(webrtc_id, replaces, *who)
        try:
            configuration = await self._server_configuration()
            session = self._open(place, configuration, client)
        finally:
            self.registry.release(place)
        if args is not None:
            session.set_args(args)
        answer = await self._answer(session, offer)
        session.first_sign.answered()
        return {"type": "answer", "sdp": answer}

    def _start_args(self, token: object, owner: str | None) -> tuple[Any, ...] | None:
        return None if token is None else self.starts.recall(token, owner)

    def _open(
        self, place: Place, configuration: Mapping[str, Any] | None, client: Scope
    ) -> Session:
        settings = self.settings
        rtc = to_aiortc(configuration)
        handler = settings.make_handler()
        session = Session(place.webrtc_id, handler, settings.limits, place.owner, place.network)
        session.words_for_error = partial(settings.words, show_error=settings.show_error)
        kinds = kinds_for(settings.modality)
        session.recorder = make_recorder(settings.recording, settings.mode, kinds, place.webrtc_id)
        if settings.composer:
            session.submissions.expect()
            session.link.composer = True
        transport = PeerTransport(
            session,
            mode=settings.mode,
            modality=settings.modality,
            configuration=rtc,
            audio_format=handler.audio_format,
            frame_format=settings.frame_format,
            preferences=settings.preferences,
            fps=handler.fps,
            candidate_addresses=settings.candidate_addresses,
            client=client,
        )
        self._end_with_process()
        self.registry.add(place, session)
        self._sessions.add(session)
        self.outputs.attach(session, self.listeners)
        session.start(transport)
        return session

    def _end_with_process(self) -> None:
        end_with_process(self)
        watch_signals()
        watch_server()

    async def _answer(self, session: Session, offer: Offer) -> str:
        try:
            return await _peer(session).answer(offer)
        except BaseException:
            # Refused, cancelled or failed: the session must not keep its place until its deadline.
            session.end(CloseReason.TRANSPORT_FAILED)
            raise

    async def _read(self, webrtc_id: str, page: str | None) -> Session:
        """Return the session, with its outputs kept for a reader by id."""
        try:
            session = await self.registry.get_soon(webrtc_id)
        except UnknownConnectionError:
            found = self.registry.find(webrtc_id)
            if found is None or not may_act(page, found.owner):
                raise
            session = found
        session.outputs_read = True
        return session

    async def _server_configuration(self) -> Mapping[str, Any] | None:
        source = self.settings.server_rtc_configuration
        if source is None:
            source = self.settings.rtc_configuration
        return await resolve_configuration(source)

    async def _wait(self, body: object, asking: Requester) -> Answer:
        webrtc_id = check_id(_object(body).get("webrtc_id"))
        position = await self.registry.line.wait(webrtc_id, asking.owner, asking.network)
        if position == 0:
            return {"status": "admitted"}
        return {"status": "waiting", "position": position, "limit": self.registry.limit}

    async def _leave(self, body: object, owner: str | None) -> Answer:
        webrtc_id = check_id(_object(body).get("webrtc_id"))
        if not self.registry.line.leave(webrtc_id, owner):
            # One that has ended in the meantime is where its client wants it.
            with contextlib.suppress(ConnectionClosedError):
                session = self.registry.get(webrtc_id, owner)
                # Answered when the place is free: who starts again at once must not stand in line.
                await session.aclose(CloseReason.CLIENT_CLOSED)
        return {"status": "success"}

    async def _outputs_waiting(self, owner: str | None) -> Answer:
        box = self.outputs.mailbox(owner)
        if box is None:
            return {"waiting": 0, "taken": 0, "busy": False}
        busy = await box.rested()
        return {**box.count(), "busy": busy}

    async def _ice_configuration(self) -> Answer:
        configuration = await resolve_configuration(self.settings.rtc_configuration)
        return {"rtc_configuration": configuration}


def _peer(session: Session) -> PeerTransport:
    transport = session.transport
    if not isinstance(transport, PeerTransport):
        raise UnknownConnectionError("This connection does not use WebRTC.")
    return transport


def _object(body: object) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise SignalingError("A request must be a JSON object.")
    return body


def page_of(body: object) -> str | None:
    """Return the Gradio session hash that a page sends with its requests."""
    owner = body.get("session_hash") if isinstance(body, Mapping) else None
    return owner if isinstance(owner, str) and len(owner) <= MAX_OWNER_CHARACTERS else None
