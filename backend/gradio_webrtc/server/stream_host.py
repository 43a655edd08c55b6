"""What a component and a mounted stream share: answering the requests of one stream's clients."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from gradio_webrtc.errors import (
    ConcurrencyLimitReachedError,
    ConnectionClosedError,
    ServerDrainingError,
    SignalingError,
    UnknownConnectionError,
    UnsupportedModalityError,
    WrongProcessError,
)
from gradio_webrtc.json_values import Json, JsonObject
from gradio_webrtc.server.answering import Answer, Answering
from gradio_webrtc.server.hosted_sessions import HostedSessions
from gradio_webrtc.server.operation.process_id import is_elsewhere, process_id
from gradio_webrtc.server.operation.session_log import logging_for
from gradio_webrtc.server.output_store import OutputStore
from gradio_webrtc.server.places.redis_leases import RedisLeases
from gradio_webrtc.server.places.shared_places import SharedPlaces
from gradio_webrtc.server.quotas import Requester
from gradio_webrtc.server.session_builder import Line, build_session, webrtc_line
from gradio_webrtc.server.session_registry import Place, SessionRegistry
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.start_tokens import StartTokens
from gradio_webrtc.session.ids import check_id
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason
from gradio_webrtc.transports.ice.ice_servers import resolve_configuration, shared_with_server
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope
from gradio_webrtc.transports.negotiation.candidates import parse_candidate
from gradio_webrtc.transports.negotiation.signaling import (
    Offer,
    check_tracks,
    is_text_only,
    parse_offer,
)
from gradio_webrtc.transports.peer_transport import PeerTransport

PLAIN = Requester()
"""A client of which nothing is known."""


class StreamHost(HostedSessions):
    """Answers offers, candidates and waiting clients; owns the sessions that come of them.

    Belongs to the event loop that first uses it, except ``set_input`` and ``close_stream``.

    Attributes:
        starts: in mode ``"receive"``, the values with which pages were told to start.
        answering: how requests are answered when they cannot be.
    """

    def __init__(
        self,
        settings: StreamSettings,
        registry: SessionRegistry,
        outputs: OutputStore | None = None,
    ) -> None:
        super().__init__(settings, registry, outputs)
        self.starts = StartTokens()
        self.answering = Answering()
        registry.living = settings.living

    def beside(self, settings: StreamSettings) -> StreamHost:
        """Return the host of other clients of the same stream: only the settings differ."""
        host = StreamHost(settings, self.registry, self.outputs)
        host.answering.tally, host.name = self.answering.tally, self.name
        host.sources = self.sources
        return host

    # -- requests: each answers with a dict, a refusal among them ------------------------------

    async def signal(
        self, body: Json, asking: Requester = PLAIN, client: Scope = Scope.PUBLIC
    ) -> Answer:
        """Answer an offer or a candidate, as the wire protocol says; ``client`` is where it is."""
        return await self.answering.answer(asking, self._signal(body, asking, client))

    async def wait_for_place(self, body: Json, asking: Requester = PLAIN) -> Answer:
        """Answer ``{"status": "admitted"}`` or ``{"status": "waiting", "position": n}``."""
        return await self.answering.answer(asking, self._wait(body, asking))

    async def leave(self, body: Json, asking: Requester = PLAIN) -> Answer:
        """Stop waiting for a place, or end the session; always succeeds for the owner."""
        return await self.answering.answer(asking, self._leave(body, asking))

    async def outputs_waiting(self, body: Json, asking: Requester = PLAIN) -> Answer:
        """Tell how many additional outputs a page has not fetched, and how many it has.

        Not before the calls that fetch some are over; ``busy`` is whether there were any.
        """
        return await self.answering.answer(asking, self._outputs_waiting(asking.owner))

    async def ice_configuration(self, body: Json = None, asking: Requester = PLAIN) -> Answer:
        """Answer the page's RTC configuration, resolved now."""
        return await self.answering.answer(asking, self._ice_configuration())

    def check_process(self, webrtc_id: Json, process: Json) -> None:
        """Check that a request about a session has not come to the wrong process.

        Args:
            webrtc_id: of the session.
            process: where the client says that it is.

        Raises:
            WrongProcessError: it is at another process, and nothing is known of it here.
        """
        if is_elsewhere(process) and not self.registry.knows(webrtc_id):
            raise WrongProcessError(process_id())

    # -- sessions over other wires -------------------------------------------------------------

    async def open_session(
        self,
        webrtc_id: Json,
        asking: Requester,
        line: Line,
        *,
        replaces: Json = None,
        start: Json = None,
    ) -> Session:
        """Open and start a session of sound over any wire, under the same limits as an offer's.

        Args:
            webrtc_id: the id of the session, under which the app knows it.
            asking: who asks, whose shares it counts against.
            line: what carries it; nothing of it is used when this raises.
            replaces: the id of an earlier session of theirs that ends and whose place it takes.
            start: in mode ``"receive"``, names the values with which a page was told to start.

        Raises:
            SignalingError: a refusal, with its code: no place is free, the id cannot be used, too
                many connections are being opened, or the stream has video.
            ConfigurationError: the stream's settings cannot be served.
        """
        if self.settings.modality != "audio":
            raise UnsupportedModalityError(self.settings.modality)
        args = self._start_args(start, asking.owner)
        async with self._claimed(webrtc_id, replaces, asking) as place:
            session = await self._open(place, line)
        if args is not None:
            session.set_args(args)
        return session

    # -- inside ------------------------------------------------------------------------------

    async def _signal(self, body: Json, asking: Requester, client: Scope) -> Answer:
        request = _object(body)
        if request.get("type") == "offer":
            return await self._offer(request, asking, client)
        if request.get("type") == "ice-candidate":
            candidate = parse_candidate(request.get("candidate"))
            self.check_process(request.get("webrtc_id"), request.get("process") or asking.process)
            session = await self.registry.get_soon(request.get("webrtc_id"), asking.owner)
            _peer(session).add_candidate(candidate)
            session.on_reached()
            return {"status": "success"}
        raise SignalingError('A request needs a "type": "offer" or "ice-candidate".')

    async def _offer(self, request: JsonObject, asking: Requester, client: Scope) -> Answer:
        settings = self.settings
        offer = parse_offer(request.get("sdp"))
        check_tracks(offer, settings.mode, settings.modality, settings.allow_extra_tracks)
        # Before anything is ended or made: a refusal must not cost the session it would replace.
        args = self._start_args(request.get("start"), asking.owner)
        webrtc_id, replaces = request.get("webrtc_id"), request.get("replaces")
        async with self._claimed(webrtc_id, replaces, asking) as place:
            configuration = await self._server_configuration()
            typed = is_text_only(offer, settings.mode, settings.modality)
            line = webrtc_line(settings, configuration, client, text_only=typed)
            session = await self._open(place, line)
        if args is not None:
            session.set_args(args)
        answer = await self._answer(session, offer)
        session.first_sign.answered()
        return {"type": "answer", "sdp": answer, "process": process_id()}

    @contextlib.asynccontextmanager
    async def _claimed(
        self, webrtc_id: Json, replaces: Json, asking: Requester
    ) -> AsyncIterator[Place]:
        """Hold a place, or take that of an earlier session; it is free again if nobody opens it."""
        who = (asking.owner, asking.network)
        if replaces is None:
            place = self.registry.claim(webrtc_id, *who)
        else:
            place = await self.registry.claim_replacing(webrtc_id, replaces, *who)
        try:
            await self._share(place, replaces)
            with logging_for(place.webrtc_id):
                yield place
        finally:
            self.registry.release(place)
            shared = self.registry.shared
            if shared is not None and self.registry.find(place.webrtc_id) is None:
                shared.give_back(place.webrtc_id)

    async def _share(self, place: Place, replaces: Json) -> None:
        """Take a place among those of all processes, if they share them.

        Raises:
            ConcurrencyLimitReachedError: all are taken.
        """
        registry, limit = self.registry, self.registry.limit
        if self.settings.redis is None or limit is None:
            return
        if registry.shared is None:
            url, admit = self.settings.redis, registry.line.admit
            registry.shared = SharedPlaces(RedisLeases(url, self.name), admit)
        # Of a session that is not over nobody takes the place: it was not this client's to replace.
        old = replaces if isinstance(replaces, str) and registry.is_over(replaces) else None
        if not await registry.shared.take(place.webrtc_id, old, limit):
            raise ConcurrencyLimitReachedError(limit)

    def _start_args(self, token: Json, owner: str | None) -> tuple[Any, ...] | None:
        return None if token is None else self.starts.recall(token, owner)

    async def _open(self, place: Place, line: Line) -> Session:
        outputs = self.outputs.open(place.webrtc_id, place.owner, self.listeners)
        session = build_session(self.settings, place, outputs, line, self.sources)
        self._end_with_process()
        try:
            self.registry.add(place, session)
        except BaseException:
            await session.aclose()
            raise
        self.joined(session)
        self.answering.tally.session_started(session)
        if self.registry.shared is not None:
            session.on_closed_callbacks.append(self.registry.shared.session_over)
        session.start()
        return session

    async def _answer(self, session: Session, offer: Offer) -> str:
        try:
            with logging_for(session.webrtc_id):
                return await _peer(session).answer(offer)
        except BaseException:
            # Refused, cancelled or failed: the session must not keep its place until its deadline.
            session.end(CloseReason.TRANSPORT_FAILED)
            raise

    async def _server_configuration(self) -> Mapping[str, Any] | None:
        source = self.settings.server_rtc_configuration
        if source is None:
            return shared_with_server(await resolve_configuration(self.settings.rtc_configuration))
        return await resolve_configuration(source)

    async def _wait(self, body: Json, asking: Requester) -> Answer:
        webrtc_id = check_id(_object(body).get("webrtc_id"))
        if self.registry.draining:
            raise ServerDrainingError()
        position = await self.registry.line.wait(webrtc_id, asking.owner, asking.network)
        if position == 0:
            return {"status": "admitted"}
        return {"status": "waiting", "position": position, "limit": self.registry.limit}

    async def _leave(self, body: Json, asking: Requester) -> Answer:
        request, owner = _object(body), asking.owner
        webrtc_id = check_id(request.get("webrtc_id"))
        if not self.registry.line.leave(webrtc_id, owner):
            # One that has ended in the meantime is where its client wants it.
            with contextlib.suppress(ConnectionClosedError):
                self.check_process(webrtc_id, request.get("process") or asking.process)
                session = await self.registry.get_opened(webrtc_id, owner)
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


def _object(body: Json) -> JsonObject:
    if not isinstance(body, Mapping):
        raise SignalingError("A request must be a JSON object.")
    return body
