"""The sources of one stream that many watch: each begun by its first viewer, and run once."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Any

from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.recording.recorder import make_recorder
from gradio_webrtc.server.operation.session_log import logging_for
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.sharing.input_key import input_key
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import CloseReason, Limits
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.sharing.audience import Audience
from gradio_webrtc.transports.sharing.source_transport import SourceTransport
from gradio_webrtc.transports.sharing.viewer import Viewer
from gradio_webrtc.transports.sharing.watching_handler import Shared

logger = logging.getLogger(__name__)

LINGER_SECONDS = 5.0
"""How long a source goes on without viewers: a page that is loaded anew, or whose connection was
lost, is back by then."""

MOST_LINGERING = 4
"""Sources that go on without viewers; of more the one that was left first ends."""


class Source:
    """One run of the author's code: a session without a client, whose wire hands out to viewers.

    Args:
        settings: of the stream.
        shared: what runs.
        args: the values it is called with, ``None`` without any.

    Attributes:
        audience: who watches.
        transport: what encodes and hands out.
        session: what runs the code; it is in no registry and takes no place.
    """

    def __init__(
        self, settings: StreamSettings, shared: Shared, args: Sequence[Any] | None
    ) -> None:
        self.shared = shared  # kept, since sources are told apart by its identity
        self.audience = Audience()
        self.leaving: asyncio.TimerHandle | None = None
        webrtc_id, handler = f"source-{uuid.uuid4()}", settings.make_handler()

        def make(listener: TransportListener) -> SourceTransport:
            rate = FrameRate(handler.fps)
            return SourceTransport(
                listener, self.audience, shared.kinds, rate, settings.preferences
            )

        limits = Limits(
            silence=None, drain=settings.limits.drain, shutdown=settings.limits.shutdown
        )
        self.session = Session(
            webrtc_id,
            handler,
            limits,
            make,
            self.audience,
            recorder=make_recorder(settings.recording, settings.mode, shared.kinds, webrtc_id),
            words_for_error=partial(settings.words, show_error=settings.show_error),
        )
        assert isinstance(self.session.transport, SourceTransport)
        self.transport = self.session.transport
        if args is not None or shared.asks_args:  # which would be asked for otherwise
            self.session.set_args(args or ())

    def start(self) -> None:
        """Run it: there is nobody to connect to."""
        with logging_for(self.session.webrtc_id):
            self.session.start()
            self.session.on_connected()

    def stay(self) -> None:
        """Somebody watches."""
        if self.leaving is not None:
            self.leaving.cancel()
            self.leaving = None


class SharedSources:
    """What the viewers of one stream watch. Belongs to the event loop that first uses it.

    The first viewer who chose some values begins their source. Later ones who chose the same join
    it, wherever it is. It ends when the code does, with everybody's session, or some seconds after
    the last viewer has left.
    """

    def __init__(self) -> None:
        self._joinable: dict[Hashable, Source] = {}
        self._sources: set[Source] = set()

    def __len__(self) -> int:
        """How many run. Any thread."""
        return len(self._sources)

    def live(self) -> list[Source]:
        """Return those that run, or are about to end."""
        return list(self._sources)

    def join(
        self,
        settings: StreamSettings,
        shared: Shared,
        viewer: Viewer,
        session: Session,
        args: Sequence[Any] | None,
    ) -> Callable[[], None]:
        """Let a viewer watch the source of ``args``; return what lets it leave. Idempotent, that.

        Raises:
            ConfigurationError: the values cannot be compared, or the settings cannot be served.
        """
        key = (id(shared.code), input_key(args))
        source = self._joinable.get(key)
        if source is None or source.audience.ended:
            source = self._begin(settings, shared, args, key)
        source.stay()
        source.audience.add(viewer, session)
        source.transport.join(viewer)
        logger.debug("session %s watches source %s", session.webrtc_id, source.session.webrtc_id)
        return partial(self._leave, key, source, viewer)

    async def aclose(self) -> None:
        """End all because the server stops."""
        ending = (each.session.aclose(CloseReason.SERVER_SHUTDOWN) for each in self.live())
        await asyncio.gather(*ending)

    def _begin(
        self, settings: StreamSettings, shared: Shared, args: Sequence[Any] | None, key: Hashable
    ) -> Source:
        source = Source(settings, shared, args)
        self._joinable[key] = source
        self._sources.add(source)
        source.session.on_closed_callbacks.append(partial(self._over, key, source))
        source.start()
        return source

    def _leave(self, key: Hashable, source: Source, viewer: Viewer) -> None:
        if not source.audience.remove(viewer) or len(source.audience) or source.audience.ended:
            return
        loop = asyncio.get_running_loop()
        source.leaving = loop.call_later(LINGER_SECONDS, self._end, key, source)
        lingering = {k: each for k, each in self._joinable.items() if each.leaving is not None}
        if len(lingering) > MOST_LINGERING:
            oldest = min(lingering, key=lambda k: _left_at(lingering[k]))
            self._end(oldest, lingering[oldest])

    def _end(self, key: Hashable, source: Source) -> None:
        """End a source that nobody watches; who comes now begins another."""
        source.stay()
        self._forget(key, source)
        source.session.end(CloseReason.CLIENT_CLOSED)

    def _over(self, key: Hashable, source: Source, session: Session) -> None:
        source.stay()
        self._forget(key, source)
        self._sources.discard(source)

    def _forget(self, key: Hashable, source: Source) -> None:
        if self._joinable.get(key) is source:
            del self._joinable[key]


def _left_at(source: Source) -> float:
    return float("inf") if source.leaving is None else source.leaving.when()
