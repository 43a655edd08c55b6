"""What an app asks of a stream's sessions by their ids."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from gradio_webrtc import ConnectionClosedError, Stream, UnknownConnectionError
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.session.state import CloseReason
from tests.support.registry import enter, handler_of
from tests.support.sessions import settle


def same(frame: Any) -> Any:
    return frame


async def test_the_app_acts_on_a_session_by_its_id() -> None:
    stream = Stream(same)
    session = enter(stream.host.registry, "a")
    session.on_connected()
    stream.set_input("a")
    await settle()
    assert handler_of(session).args == [()]
    handler_of(session).say(AdditionalOutputs(1), AdditionalOutputs(2))
    assert (await stream.fetch_latest_output("a")).args == (1,)
    stream.close_stream("a", "Bye.")
    assert [output.args async for output in stream.output_stream("a")] == [(2,)]
    await settle()
    assert session.ending is not None
    assert (session.ending.reason, session.ending.text) == (CloseReason.APP_CLOSED, "Bye.")
    with pytest.raises(ConnectionClosedError):
        await stream.fetch_latest_output("a")
    with pytest.raises(UnknownConnectionError):
        stream.set_input("b", missing_ok=False)
    with pytest.raises(UnknownConnectionError):
        _ = [output async for output in stream.output_stream("b", missing_ok=False)]


async def test_an_id_of_nobody_is_no_error_to_pages_that_reconnect(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stream = Stream(same)
    session = enter(stream.host.registry, "a")
    await session.aclose()
    with caplog.at_level(logging.INFO, "gradio_webrtc"):
        for webrtc_id in ("a", "nobody", "a b", None):
            stream.set_input(webrtc_id, 1)  # type: ignore[arg-type]
            assert [each async for each in stream.output_stream(webrtc_id)] == []  # type: ignore[arg-type]
    told = [record.getMessage() for record in caplog.records]
    assert sum("set_input() is ignored" in line for line in told) == 4
    assert sum("output_stream() ends" in line for line in told) == 4


async def test_sessions_are_listed_by_id_as_they_are_now() -> None:
    stream = Stream(same, concurrency_limit=2)
    assert (stream.handlers, stream.connections, stream.concurrency_limit) == ({}, {}, 2)
    first, second = (enter(stream.host.registry, each) for each in "ab")
    handlers, connections = stream.handlers, stream.connections
    assert handlers == {"a": handler_of(first), "b": handler_of(second)}
    assert [each.webrtc_id for each in connections["b"]] == ["b"]
    await first.aclose()
    assert set(stream.handlers) == set(stream.connections) == {"b"}
    handlers.clear()
    connections.clear()
    assert set(stream.handlers) == set(stream.connections) == {"b"}
    await second.aclose()


async def test_there_is_no_handler_before_it_serves() -> None:
    stream = Stream(same)
    session = enter(stream.host.registry, "a")
    handler_of(session).user_code = None  # type: ignore[assignment]
    assert stream.handlers == {}
    assert stream.connections["a"][0].event_handler is None
    await session.aclose()
