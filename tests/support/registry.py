"""Sessions in a registry, over a fake wire."""

from __future__ import annotations

from gradio_webrtc.server.session_registry import Place, SessionRegistry
from gradio_webrtc.session.session import Session
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import make_session


def start(registry: SessionRegistry, place: Place) -> Session:
    """Turn a claimed place into a session that is connecting."""
    session = make_session(webrtc_id=place.webrtc_id, owner=place.owner, network=place.network)
    registry.add(place, session)
    session.start()
    return session


def enter(
    registry: SessionRegistry,
    webrtc_id: str,
    owner: str | None = None,
    network: str | None = None,
) -> Session:
    """Claim a place and use it."""
    return start(registry, registry.claim(webrtc_id, owner, network))


def handler_of(session: Session) -> ScriptedHandler:
    """Return the handler of a session made here."""
    assert isinstance(session._handler, ScriptedHandler)
    return session._handler
