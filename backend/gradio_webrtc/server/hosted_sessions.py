"""The sessions of one stream: what the app may do to them, and their end with what serves them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Hashable, Sequence
from typing import Any
from weakref import WeakSet

from gradio_webrtc.errors import ConnectionClosedError, InvalidIdError, UnknownConnectionError
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.handlers.executors.options import shut_down_made
from gradio_webrtc.handlers.input_values import fitting
from gradio_webrtc.handlers.saying.speaker import Speaker, speaker_of
from gradio_webrtc.server.operation.memory_return import memory_return
from gradio_webrtc.server.operation.process_sessions import process_sessions
from gradio_webrtc.server.output_store import OutputStore
from gradio_webrtc.server.process_end import end_with_process, running_hosts, watch_signals
from gradio_webrtc.server.server_stop import watch_server
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.sharing.shared_sources import SharedSources
from gradio_webrtc.session.ids import may_act
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, SessionState

logger = logging.getLogger(__name__)


class HostedSessions:
    """The sessions of one stream, on one event loop.

    Attributes:
        settings: how the next session is made.
        registry: who is in, and who waits; streams that share their places share it.
        listeners: who takes the additional outputs of Gradio's pages; each gets every one.
        outputs: where additional outputs wait.
        sources: what the viewers of a shared stream watch.
        name: what its figures are called by.
    """

    def __init__(
        self,
        settings: StreamSettings,
        registry: SessionRegistry,
        outputs: OutputStore | None = None,
    ) -> None:
        self.settings = settings
        self.registry = registry
        self.listeners: Sequence[Hashable] = ()
        self.name = "stream"
        self.sources = SharedSources()
        self.outputs = OutputStore() if outputs is None else outputs
        self._sessions: WeakSet[Session] = WeakSet()
        self._watching: asyncio.Task[None] | None = None
        self._stopping: asyncio.Event | None = None
        self._ending: asyncio.Task[None] | None = None
        self._memory_return = memory_return()
        self._process_sessions = process_sessions()
        watch_signals()

    @property
    def draining(self) -> bool:
        """Whether no new session is taken: the server stops, or the app said so."""
        ending = self._ending is not None and not self._ending.done()
        return self.registry.draining or ending

    # -- what the app asks; ``page`` is whose session it must be, ``None`` for anybody's ----------

    def find(self, webrtc_id: str | None, page: str | None = None) -> Session | None:
        """Return a session that ``page`` may act on, also one that is about to end. Any thread."""
        session = self.registry.find(webrtc_id)
        return session if session is not None and may_act(page, session.owner) else None

    def set_input(
        self,
        webrtc_id: str,
        args: Sequence[Any],
        page: str | None = None,
        *,
        missing_ok: bool = False,
    ) -> None:
        """Give a session's handler the values of the other inputs. Any thread.

        A ``WebRTCData`` before them is a submit.

        Raises:
            UnknownConnectionError: there is no such session, or it is another page's.
            ConfigurationError: the stream's function cannot take this many values.
        """
        session = self.find(webrtc_id, page)
        if session is not None:
            session.set_args(fitting(args, self.settings.check_args, webrtc_id))
        elif missing_ok:
            logger.info("set_input() is ignored: no connection has the id %.128r", webrtc_id)
        else:
            raise UnknownConnectionError("There is no connection with this id.")

    def speaker(self, webrtc_id: str | None, page: str | None = None) -> Speaker:
        """Return what has something said in a session. Any thread.

        Raises:
            UnknownConnectionError: there is no such session, or it is another page's.
            SessionClosedError: it is not open yet, or no more.
            ConfigurationError: its handler takes no turns.
        """
        session = self.find(webrtc_id, page)
        if session is None:
            raise UnknownConnectionError("There is no connection with this id.")
        return speaker_of(session.user_code())

    def close_stream(self, webrtc_id: str | None, text: str = "", page: str | None = None) -> None:
        """End a session because the app wants it. Any thread.

        One that has ended, or is another page's, is left alone.
        """
        session = self.find(webrtc_id, page)
        if session is not None:
            session.end_threadsafe(CloseReason.APP_CLOSED, text)

    def end_all(self, text: str) -> int:
        """End the sessions of this stream because the app wants it. Any thread.

        Returns:
            How many there were. Other streams that share its places keep theirs.
        """
        live = self.live()
        for session in live:
            session.end_threadsafe(CloseReason.APP_CLOSED, text)
            self._sessions.discard(session)  # who asks again ends nobody
        return len(live)

    def joined(self, session: Session) -> None:
        """Count ``session``, which is about to start, among those of this stream."""
        self._sessions.add(session)
        self._process_sessions.session_started()
        session.on_closed_callbacks += [
            self._process_sessions.session_over,
            self._memory_return.session_over,
        ]

    def live(self) -> list[Session]:
        """Return the sessions of this stream, those of others that share its places not."""
        return [each for each in list(self._sessions) if each.state is not SessionState.CLOSED]

    async def output_stream(
        self, webrtc_id: str, page: str | None = None, *, missing_ok: bool = False
    ) -> AsyncIterator[AdditionalOutputs]:
        """Yield a session's additional outputs, one after the other, until it has ended.

        Raises:
            UnknownConnectionError, ConnectionClosedError, InvalidIdError: unless ``missing_ok``.
        """
        outputs = self.outputs.left_of(webrtc_id, page)
        if outputs is None:
            try:
                outputs = (await self._find_soon(webrtc_id, page)).outputs.read()
            except (UnknownConnectionError, ConnectionClosedError, InvalidIdError) as error:
                if not missing_ok:
                    raise
                logger.info("output_stream() ends: %s The id is %.128r", error, webrtc_id)
                return
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
        await self.sources.aclose()
        if self.registry.shared is not None:
            await self.registry.shared.aclose()
        self.outputs.clear()
        if not any(host.occupied() for host, _ in running_hosts(asyncio.get_running_loop())):
            shut_down_made()

    def occupied(self) -> bool:
        """Whether there is a session, or what viewers have just left. Any thread."""
        return len(self.registry) > 0 or len(self.sources) > 0

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

    async def _close_after(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        await self.stop_serving()

    def _end_with_process(self) -> None:
        end_with_process(self)
        watch_signals()
        watch_server()

    async def _find_soon(self, webrtc_id: str, page: str | None) -> Session:
        try:
            return await self.registry.get_soon(webrtc_id)
        except UnknownConnectionError:
            found = self.registry.find(webrtc_id)
            if found is None or not may_act(page, found.owner):
                raise
            return found
