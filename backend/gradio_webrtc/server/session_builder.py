"""Building a stream's session with all that belongs to it, in one step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from gradio_webrtc.recording.recorder import make_recorder
from gradio_webrtc.server.session_registry import Place
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.session.output_announcements import OutputSink
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.transport import TransportListener
from gradio_webrtc.transports.ice.ice_servers import to_aiortc
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope
from gradio_webrtc.transports.negotiation.signaling import kinds_for
from gradio_webrtc.transports.peer_transport import PeerTransport


def build_webrtc_session(
    settings: StreamSettings,
    place: Place,
    outputs: OutputSink,
    *,
    configuration: Mapping[str, Any] | None,
    client: Scope,
) -> Session:
    """Return a session over a peer connection, ready to be started.

    Args:
        settings: the stream's.
        place: what the session was given leave for.
        outputs: takes what the handler says on the side; closed if no session comes of it.
        configuration: the server's RTC configuration.
        client: where the client's request came from.

    Raises:
        ConfigurationError: the settings cannot be served.
    """
    try:
        rtc = to_aiortc(configuration)
        handler = settings.make_handler()

        def make_transport(listener: TransportListener) -> PeerTransport:
            return PeerTransport(
                listener,
                mode=settings.mode,
                modality=settings.modality,
                configuration=rtc,
                audio_format=handler.audio_format,
                preferences=settings.preferences,
                fps=handler.fps,
                candidate_addresses=settings.candidate_addresses,
                client=client,
            )

        kinds = kinds_for(settings.modality)
        return Session(
            place.webrtc_id,
            handler,
            settings.limits,
            make_transport,
            outputs,
            owner=place.owner,
            network=place.network,
            recorder=make_recorder(settings.recording, settings.mode, kinds, place.webrtc_id),
            composer=settings.composer,
            words_for_error=partial(settings.words, show_error=settings.show_error),
        )
    except BaseException:
        outputs.close()
        raise
