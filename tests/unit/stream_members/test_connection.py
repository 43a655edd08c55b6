"""A connection as it was when it was asked for."""

from __future__ import annotations

from gradio_webrtc.stream_members.connection import Connection
from tests.support.registry import handler_of
from tests.support.sessions import make_session


async def test_it_says_what_there_is_to_know_and_stays_as_it_is() -> None:
    session = make_session(webrtc_id="a")
    session.start()
    seen = Connection.of(session)
    await session.aclose()
    assert (seen.webrtc_id, seen.state) == ("a", "connecting")
    assert seen.event_handler is handler_of(session)
