"""What a stream answers its clients and its app, whose session is whose included."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from gradio_webrtc.errors import (
    ConcurrencyLimitReachedError,
    ConfigurationError,
    ConnectionClosedError,
    UnknownConnectionError,
    UnknownStartError,
    UnsupportedModalityError,
)
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.server.quotas import Requester, page_of
from gradio_webrtc.server.session_builder import Line
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.state import CloseReason, SessionState
from tests.support import sdp
from tests.support.fake_transport import FakeTransport
from tests.support.registry import enter, handler_of
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import settle

PAGE = Requester("page", "192.0.2.7")


@pytest_asyncio.fixture
async def host() -> AsyncIterator[StreamHost]:
    settings = StreamSettings(make_handler=ScriptedHandler, modality="audio")
    made = StreamHost(settings, SessionRegistry(2))
    yield made
    await made.aclose()


def error_of(answer: dict[str, Any]) -> str:
    assert answer["status"] == "failed"
    return str(answer["meta"]["error"])


def offer(webrtc_id: str = "a", **changes: Any) -> dict[str, Any]:
    text = sdp.offer(("audio", "sendrecv"), "data")
    return {"type": "offer", "webrtc_id": webrtc_id, "sdp": text, **changes}


# -- sessions over other wires -------------------------------------------------------------------


def line() -> Line:
    return Line(lambda listener, handler: FakeTransport())


async def test_a_session_over_another_wire_takes_a_place_like_any_other(host: StreamHost) -> None:
    session = await host.open_session("a", PAGE, line())
    assert session.state is SessionState.CONNECTING
    assert host.registry.get("a", "page") is session
    assert session.network == PAGE.network
    await host.open_session("b", PAGE, line())
    with pytest.raises(ConcurrencyLimitReachedError):
        await host.open_session("c", PAGE, line())
    await session.aclose()
    await host.open_session("c", PAGE, line())


async def test_it_may_take_the_place_of_an_earlier_one(host: StreamHost) -> None:
    host.registry.limit = 1
    await host.signal(offer(), PAGE)
    with pytest.raises(UnknownStartError):
        await host.open_session("b", PAGE, line(), replaces="a", start="nobody's")
    assert host.registry.find("a") is not None, "a refusal costs nobody's session"
    token = host.starts.remember("page", (1, 2))
    session = await host.open_session("b", PAGE, line(), replaces="a", start=token)
    assert host.registry.find("a") is None
    await settle()
    assert handler_of(session).args == [(1, 2)]


@pytest.mark.parametrize("modality", ["video", "audio-video"])
async def test_a_stream_with_video_is_refused_in_words(modality: Any) -> None:
    settings = StreamSettings(make_handler=ScriptedHandler, modality=modality)
    host = StreamHost(settings, SessionRegistry(2))
    with pytest.raises(UnsupportedModalityError, match="audio only") as refused:
        await host.open_session("a", PAGE, line())
    assert refused.value.refusal()["meta"]["modality"] == modality
    assert not host.occupied()


async def test_a_wire_that_cannot_be_made_keeps_no_place(host: StreamHost) -> None:
    def broken(listener: Any, handler: Any) -> Any:
        raise ConfigurationError("no wire")

    with pytest.raises(ConfigurationError, match="no wire"):
        await host.open_session("a", PAGE, Line(broken))
    assert host.registry.claim("a", None).webrtc_id == "a"


# -- requests ----------------------------------------------------------------------------------


async def test_an_offer_is_answered_and_its_session_is_the_pages(host: StreamHost) -> None:
    answer = await host.signal(offer(), PAGE)
    assert answer["type"] == "answer"
    assert answer["sdp"].startswith("v=0")
    assert host.registry.get("a", "page").owner == "page"
    assert host.occupied()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sdp": sdp.offer(("video", "sendrecv"))}, "invalid_offer"),
        ({"sdp": 7}, "invalid_offer"),
        ({"webrtc_id": "a b"}, "invalid_webrtc_id"),
        ({"start": "nobody's"}, "unknown_start"),
        ({"type": "goodbye"}, "invalid_request"),
    ],
)
async def test_a_refused_offer_keeps_no_place(
    host: StreamHost, changes: dict[str, Any], error: str
) -> None:
    assert error_of(await host.signal(offer() | changes, PAGE)) == error
    await settle()
    assert not host.occupied()
    assert [host.registry.claim(name, None).webrtc_id for name in "ab"] == ["a", "b"]


@pytest.mark.parametrize("body", [None, 7, "offer", [], b"{}"])
async def test_what_is_no_object_is_refused(host: StreamHost, body: object) -> None:
    assert error_of(await host.signal(body)) == "invalid_request"
    assert error_of(await host.wait_for_place(body)) == "invalid_request"


async def test_who_waits_is_told_the_position_and_admitted(host: StreamHost) -> None:
    sessions = [enter(host.registry, name) for name in "ab"]
    waiting = await host.wait_for_place({"webrtc_id": "c"}, PAGE)
    assert waiting == {"status": "waiting", "position": 1, "limit": 2}
    await sessions[0].aclose()
    assert await host.wait_for_place({"webrtc_id": "c"}, PAGE) == {"status": "admitted"}


async def test_leaving_ends_ones_own_session_and_no_other(host: StreamHost) -> None:
    session = enter(host.registry, "a", "page")
    stranger = Requester("other")
    assert error_of(await host.leave({"webrtc_id": "a"}, stranger)) == "unknown_connection"
    assert session.ending is None
    for _ in range(2):
        assert await host.leave({"webrtc_id": "a"}, PAGE) == {"status": "success"}
    assert session.ending is not None
    assert session.ending.reason is CloseReason.CLIENT_CLOSED


async def test_a_page_without_outputs_has_none_waiting(host: StreamHost) -> None:
    assert await host.outputs_waiting({}, PAGE) == {"waiting": 0, "taken": 0, "busy": False}


async def test_the_pages_configuration_is_resolved_for_each_request(host: StreamHost) -> None:
    asked: list[int] = []

    def configuration() -> dict[str, Any]:
        asked.append(1)
        return {"iceServers": [{"urls": f"stun:s{len(asked)}.example.org"}]}

    host.settings.rtc_configuration = configuration
    answers = [await host.ice_configuration() for _ in range(2)]
    assert [str(answer).count("stun:s") for answer in answers] == [1, 1]
    assert "stun:s2" in str(answers[1])


# -- what the app asks -------------------------------------------------------------------------


async def test_values_are_for_ones_own_session_and_as_many_as_its_function_takes(
    host: StreamHost,
) -> None:
    def check(count: int) -> None:
        if count != 1:
            raise ConfigurationError("takes one value")

    host.settings.check_args = check
    session = enter(host.registry, "a", "page")
    for page in (None, "page"):
        host.set_input("a", ["value"], page)
    await settle()
    assert handler_of(session).args == [("value",), ("value",)]
    with pytest.raises(UnknownConnectionError):
        host.set_input("a", ["value"], "other")
    with pytest.raises(UnknownConnectionError):
        host.set_input("b", ["value"])
    host.set_input("a", [None, "frame's first"])
    await settle()
    assert handler_of(session).args[2:] == [("frame's first",)]
    with pytest.raises(ConfigurationError):
        host.set_input("a", [1, 2, 3])


async def test_a_stream_is_closed_for_its_page_and_left_alone_for_others(
    host: StreamHost,
) -> None:
    session = enter(host.registry, "a", "page")
    host.close_stream("a", "no", "other")
    host.close_stream("b", "no")
    host.close_stream(None)
    await settle()
    assert session.ending is None
    host.close_stream("a", "Closed for lunch.", "page")
    await settle()
    assert session.ending is not None
    assert (session.ending.reason, session.ending.text) == (
        *(CloseReason.APP_CLOSED, "Closed for lunch."),
    )


async def test_ending_all_ends_the_sessions_of_this_stream_once(host: StreamHost) -> None:
    enter(host.registry, "elsewhere")  # of another stream with which it shares its places
    await host.signal(offer("a"), PAGE)
    assert host.end_all("over") == 1
    assert host.end_all("over") == 0
    await settle()
    assert host.registry.find("elsewhere") is not None


async def test_outputs_are_read_by_id_until_the_session_has_ended(host: StreamHost) -> None:
    session = enter(host.registry, "a", "page")
    session.on_connected()
    handler_of(session).say(AdditionalOutputs(1), AdditionalOutputs(2))
    assert (await host.fetch_latest_output("a", "page")).args == (1,)
    assert (await host.fetch_latest_output("a")).args == (2,)
    reading = asyncio.ensure_future(host.fetch_latest_output("a"))
    await settle()
    await session.aclose()
    with pytest.raises(ConnectionClosedError):
        await reading
    with pytest.raises(ConnectionClosedError):
        await host.fetch_latest_output("a")


async def test_a_server_that_stops_ends_every_session_and_other_requests(
    host: StreamHost,
) -> None:
    session = enter(host.registry, "a")
    stopping = asyncio.Event()
    host.close_with(stopping)
    await host.stop_serving()
    await host.stop_serving()
    assert stopping.is_set()
    assert not host.occupied()
    assert session.ending is not None
    assert session.ending.reason is CloseReason.SERVER_SHUTDOWN


async def test_setting_the_servers_event_is_enough(host: StreamHost) -> None:
    enter(host.registry, "a")
    stopping = asyncio.Event()
    host.close_with(stopping)
    stopping.set()
    await settle()
    assert not host.occupied()


@pytest.mark.parametrize(
    ("body", "page"),
    [
        ({"session_hash": "page"}, "page"),
        ({"session_hash": 7}, None),
        ({"session_hash": "x" * 10_000}, None),
        ({}, None),
        (None, None),
    ],
)
def test_whose_request_it_is(body: object, page: str | None) -> None:
    assert page_of(body) == page


async def test_hosts_beside_one_another_share_places_and_what_sessions_leave(
    host: StreamHost,
) -> None:
    page = host.beside(StreamSettings(make_handler=ScriptedHandler, modality="audio"))
    session = enter(page.registry, "a", "page")
    session.on_connected()
    host.set_input("a", [1])
    await settle()
    assert handler_of(session).args == [(1,)]
    page.outputs.open("b", "page", ()).put(AdditionalOutputs(2))
    assert host.outputs is page.outputs
    await host.aclose()
    assert session.ending is not None
    assert session.ending.reason is CloseReason.SERVER_SHUTDOWN
