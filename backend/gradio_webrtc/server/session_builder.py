"""Building a stream's session with all that belongs to it, in one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

from gradio_webrtc.handlers.protocol import Handler, Mode
from gradio_webrtc.media.video.sending.rate_limiter import FrameRate
from gradio_webrtc.recording.recorder import make_recorder
from gradio_webrtc.server.session_registry import Place
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.sharing.shared_sources import SharedSources
from gradio_webrtc.session.output_announcements import OutputSink
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import Limits
from gradio_webrtc.session.transport import Transport, TransportListener
from gradio_webrtc.transports.ice.ice_servers import to_aiortc
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope
from gradio_webrtc.transports.negotiation.signaling import kinds_for
from gradio_webrtc.transports.peer_transport import PeerTransport
from gradio_webrtc.transports.sharing.viewer_media import ViewerMedia
from gradio_webrtc.transports.sharing.watching_handler import WatchingHandler

MakeWire: TypeAlias = Callable[[TransportListener, Handler], Transport]
"""Makes a session's wire, which tells that session what happens, for the handler it serves."""


@dataclass(frozen=True)
class Line:
    """What carries a session, whatever it is.

    Attributes:
        make: makes the transport.
        phone_mode: whether nobody can send the values of other inputs.
        websocket: the websocket behind it, for ``get_current_context().websocket``.
        limits: deadlines of its own; ``None`` for the stream's.
    """

    make: MakeWire
    phone_mode: bool = False
    websocket: Any = None
    limits: Limits | None = None


def build_session(
    settings: StreamSettings,
    place: Place,
    outputs: OutputSink,
    line: Line,
    sources: SharedSources | None = None,
) -> Session:
    """Return a session, ready to be started.

    Args:
        settings: the stream's.
        place: what the session was given leave for.
        outputs: takes what the handler says on the side; closed if no session comes of it.
        line: what carries it.
        sources: where its viewers find what a shared stream shows.

    Raises:
        ConfigurationError: the settings cannot be served.
    """
    shared = settings.shared if sources is not None else None
    try:
        handler = settings.make_handler() if shared is None else WatchingHandler(shared)
        kinds = kinds_for(settings.modality)
        recording = settings.recording if shared is None else None  # which its source makes
        session = Session(
            place.webrtc_id,
            handler,
            line.limits or settings.limits,
            lambda listener: line.make(listener, handler),
            outputs,
            owner=place.owner,
            network=place.network,
            recorder=make_recorder(recording, settings.mode, kinds, place.webrtc_id),
            composer=settings.composer,
            phone_mode=line.phone_mode,
            websocket=line.websocket,
            words_for_error=partial(settings.words, show_error=settings.show_error),
        )
    except BaseException:
        outputs.close()
        raise
    if isinstance(handler, WatchingHandler) and shared is not None and sources is not None:
        handler.join = partial(sources.join, settings, shared, handler.viewer, session)
    return session


def webrtc_line(
    settings: StreamSettings,
    configuration: Mapping[str, Any] | None,
    client: Scope,
    *,
    text_only: bool = False,
) -> Line:
    """Return a peer connection as what carries a session.

    Args:
        settings: the stream's.
        configuration: the server's RTC configuration.
        client: where the client's request came from.
        text_only: whether the client has a data channel and nothing else: what is emitted goes
            nowhere, and who types is silent for long.

    Raises:
        ConfigurationError: the configuration cannot be used.
    """
    rtc = to_aiortc(configuration)
    mode: Mode = "send" if text_only else settings.mode
    sent = kinds_for(settings.modality) if mode != "send" else ()

    def make(listener: TransportListener, handler: Handler) -> PeerTransport:
        return PeerTransport(
            listener,
            mode=mode,
            modality=settings.modality,
            configuration=rtc,
            audio_format=handler.audio_format,
            preferences=settings.preferences,
            rate=_frame_rate(handler),
            candidate_addresses=settings.candidate_addresses,
            client=client,
            udp=settings.udp,
            outgoing=ViewerMedia(handler.viewer, sent)
            if isinstance(handler, WatchingHandler)
            else None,
        )

    return Line(make, limits=replace(settings.limits, silence=None) if text_only else None)


def _frame_rate(handler: Handler) -> FrameRate:
    """Return how many frames a second are shown: of a camera's pictures as they come."""
    if "video" not in handler.receives:
        return FrameRate(handler.fps)
    return FrameRate.following(handler.fps, drift="audio" not in handler.emits)
