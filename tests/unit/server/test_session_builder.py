"""A session is there with all that belongs to it, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.recording.options import Recording
from gradio_webrtc.recording.recorder import FileRecorder
from gradio_webrtc.server.output_store import OutputStore
from gradio_webrtc.server.session_builder import Line, build_session, webrtc_line
from gradio_webrtc.server.session_registry import Place
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.session.session import Session
from gradio_webrtc.session.state import Limits, SessionState
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope
from gradio_webrtc.transports.peer_transport import PeerTransport
from tests.support.fake_transport import FakeTransport
from tests.support.scripted_handler import ScriptedHandler

PLACE = Place("a", "page", "192.0.2.7")
SETTINGS = StreamSettings(
    ScriptedHandler,
    modality="audio",
    limits=Limits(connect=7),
    composer=True,
    words=lambda error, error_id, show_error: f"{error} {show_error}",
    show_error=True,
)


def build(store: OutputStore, **changes: Any) -> Session:
    settings = replace(SETTINGS, **changes)
    line = webrtc_line(settings, None, Scope.PUBLIC)
    return build_session(settings, PLACE, store.open("a", "page", ["listener"]), line)


async def test_everything_is_there_before_it_starts(tmp_path: Path) -> None:
    store = OutputStore()
    session = build(store, recording=Recording(tmp_path))
    assert session.state is SessionState.NEW
    assert (session.webrtc_id, session.owner, session.network) == ("a", "page", "192.0.2.7")
    assert session.limits.connect == 7
    assert isinstance(session.transport, PeerTransport)
    assert session.link.playback is session.transport.playback
    assert session.link.client is session.channel
    assert session.link.composer
    assert isinstance(session.recorder, FileRecorder)
    session.submissions.take(["value"])
    handler: Any = session._handler
    assert handler.args == [(WebRTCData("a"), "value")]
    session._failed(ValueError("no such voice"))
    await session.aclose()
    assert session.ending is not None
    assert session.ending.text == "no such voice True"
    assert session.transport._pc.connectionState == "closed"
    assert len(store.mailboxes) == 0


async def test_what_cannot_be_served_leaves_nothing_open(tmp_path: Path) -> None:
    store = OutputStore()
    with pytest.raises(ConfigurationError, match="no output to record"):
        build(store, mode="send", recording=Recording(tmp_path, side="output"))
    assert len(store.mailboxes) == 0


async def test_any_wire_can_carry_it_with_deadlines_of_its_own() -> None:
    made: list[Any] = []

    def make(listener: Any, handler: Any) -> Any:
        made.append((listener, handler))
        return FakeTransport()

    websocket = object()
    line = Line(make, phone_mode=True, websocket=websocket, limits=Limits(connect=3))
    session = build_session(SETTINGS, PLACE, OutputStore().open("a", "page", []), line)
    assert made == [(session, session._handler)]
    assert isinstance(session.transport, FakeTransport)
    assert session.link.phone_mode
    assert session.limits.connect == 3
    assert session._context.websocket is websocket
    await session.aclose()
