"""A websocket's session from its first message to its end, under the stream's limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.emitted import AdditionalOutputs
from gradio_webrtc.server.quotas import REQUESTS, Requester
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.settings import StreamSettings
from gradio_webrtc.server.sockets.websocket_session import serve_websocket
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.context import get_current_context
from gradio_webrtc.session.state import CloseReason, Limits, SessionState
from gradio_webrtc.transports.sockets.start_deadline import START_SECONDS
from tests.support.asgi_websocket import AsgiWebSocket
from tests.support.memory_socket import media
from tests.support.registry import handler_of
from tests.support.scripted_handler import ScriptedHandler
from tests.support.sessions import settle, until

pytestmark = pytest.mark.looptime

ASKING = Requester(None, "192.0.2.7")


class Clients:
    """A stream, and who comes to it."""

    def __init__(self) -> None:
        settings = StreamSettings(lambda: ScriptedHandler(receives=["audio"]), modality="audio")
        self.host = StreamHost(settings, SessionRegistry(2))
        self.serving: list[asyncio.Task[None]] = []

    async def comes(
        self, websocket_id: Any = "a", asking: Requester = ASKING, pages: bool = False, **start: Any
    ) -> AsgiWebSocket:
        """Connect and say ``start``; return the client's end."""
        client = self.connects(asking, pages)
        client.begin(websocket_id, **start)
        await settle()
        return client

    def connects(self, asking: Requester = ASKING, pages: bool = False) -> AsgiWebSocket:
        client = AsgiWebSocket()
        work = serve_websocket(self.host, client.websocket, asking, pages=pages)
        self.serving.append(asyncio.ensure_future(work))
        return client

    def session(self, webrtc_id: str = "a") -> Any:
        return self.host.registry.find(webrtc_id)


@pytest_asyncio.fixture
async def clients() -> AsyncIterator[Clients]:
    made = Clients()
    yield made
    await made.host.aclose()
    await asyncio.wait_for(asyncio.gather(*made.serving, return_exceptions=True), 30)


def refusal(client: AsgiWebSocket) -> dict[str, Any]:
    """Return what a client was refused with, which was all it got."""
    [message] = client.messages
    assert message["status"] == "failed"
    assert client.code == 1000
    meta: dict[str, Any] = message["meta"]
    return meta


async def test_a_client_that_starts_has_a_session_under_its_id(clients: Clients) -> None:
    client = await clients.comes()
    session = clients.session()
    assert session.state is SessionState.OPEN
    assert session.network == ASKING.network
    clients.host.set_input("a", [1, 2])
    client.put(media(b"\xff" * 960))
    await until(lambda: handler_of(session).received)
    assert handler_of(session).args == [(1, 2)]
    assert not clients.serving[0].done()
    client.put({"event": "stop"})
    await clients.serving[0]
    assert session.state is SessionState.CLOSED
    assert handler_of(session).closed == 1
    assert (client.code, client.closed) == (1000, "client_closed")


async def test_its_outputs_are_read_under_its_id(clients: Clients) -> None:
    client = await clients.comes()
    handler_of(clients.session()).say(AdditionalOutputs("one"), AdditionalOutputs("two"))
    assert (await clients.host.fetch_latest_output("a")).args == ("one",)
    assert (await clients.host.fetch_latest_output("a")).args == ("two",)
    assert client.of_type("fetch_output")
    clients.host.close_stream("a", "Enough.")
    await client.over()
    assert client.messages[-1] == {
        "type": "end_stream",
        "data": "Enough.",
        "reason": "app_closed",
    }


async def test_user_code_finds_the_websocket_in_its_context(clients: Clients) -> None:
    found: list[Any] = []

    async def start(link: object) -> None:
        found.append(get_current_context())

    def make() -> ScriptedHandler:
        handler = ScriptedHandler()
        handler.on_start = start
        return handler

    clients.host.settings.make_handler = make
    client = await clients.comes()
    [context] = found
    assert context.websocket is client.websocket
    assert context.webrtc_id == "a"


async def test_what_the_client_hears_and_says_has_the_handlers_rates(clients: Clients) -> None:
    client = await clients.comes(format={"input": "pcm16"})
    [started] = client.messages
    assert started["format"]["input"] == {"encoding": "pcm16", "sample_rate": 48_000}
    assert started["format"]["output"] == {"encoding": "mulaw", "sample_rate": 24_000}
    client.put(media(np.full(960, 77, "<i2").tobytes()))
    handler = handler_of(clients.session())
    await until(lambda: handler.received)
    [(_, (rate, samples))] = handler.received
    assert (rate, samples.shape, set(samples[0])) == (48_000, (1, 960), {77})


# -- refusals ----------------------------------------------------------------------------------


async def test_when_every_place_is_taken_the_client_is_told_the_limit(clients: Clients) -> None:
    await clients.comes("a")
    await clients.comes("b")
    third = await clients.comes("c")
    meta = refusal(third)
    assert (meta["error"], meta["limit"]) == ("concurrency_limit_reached", 2)
    await clients.serving[2]


@pytest.mark.parametrize(
    ("start", "error"),
    [
        ({"websocket_id": None}, "invalid_webrtc_id"),
        ({"websocket_id": "no id"}, "invalid_webrtc_id"),
        ({"websocket_id": {}}, "invalid_webrtc_id"),
        ({"format": "mp3"}, "invalid_format"),
        ({"format": {"output": "mp3"}}, "invalid_format"),
        ({"start": "nobody's"}, "unknown_start"),
    ],
)
async def test_a_start_that_cannot_be_served_costs_nobody_anything(
    clients: Clients, start: dict[str, Any], error: str
) -> None:
    await clients.comes("first")
    client = await clients.comes(**{"replaces": "first", **start})
    assert refusal(client)["error"] == error
    assert clients.session("first") is not None
    assert len(clients.host.registry) == 1


async def test_two_sockets_with_one_id(clients: Clients) -> None:
    first = await clients.comes()
    second = await clients.comes()
    assert refusal(second)["error"] == "connection_already_exists"
    assert clients.session().state is SessionState.OPEN
    first.put({"event": "stop"})
    await first.over()
    await settle()
    third = await clients.comes()
    assert refusal(third)["error"] == "connection_closed"


@pytest.mark.parametrize("modality", ["video", "audio-video"])
async def test_a_stream_with_video(clients: Clients, modality: Any) -> None:
    clients.host.settings.modality = modality
    meta = refusal(await clients.comes())
    assert (meta["error"], meta["modality"]) == ("unsupported_modality", modality)


async def test_a_misconfigured_app_is_not_told_to_strangers(clients: Clients) -> None:
    def broken() -> ScriptedHandler:
        raise ConfigurationError("the key sk-123 is wrong")

    clients.host.settings.make_handler = broken
    meta = refusal(await clients.comes())
    assert meta["error"] == "configuration_error"
    assert "sk-123" not in meta["message"]
    assert len(clients.host.registry) == 0


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("nonsense", "invalid_message"),
        ("[" * 100_000, "invalid_message"),
        (b"\x00", "invalid_message"),
        ("x" * 10_000_000, "message_too_large"),
        (media(b"\xff"), "not_started"),
        ({"event": "stop"}, "not_started"),
    ],
)
async def test_what_is_no_start(
    clients: Clients, message: Any, error: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    client = clients.connects()
    client.put(message)
    client.begin()
    await clients.serving[0]
    assert refusal(client)["error"] == error
    assert len(client.messages[0]["meta"]["message"]) < 200
    assert len([record for record in caplog.records if "refused" in record.message]) == 1
    assert clients.session() is None


async def test_a_client_that_never_starts_holds_no_place_and_is_closed(clients: Clients) -> None:
    silent = [clients.connects() for _ in range(3)]
    await asyncio.sleep(1)
    await clients.comes("a")
    await clients.comes("b")
    for client in silent:
        await client.over()
        assert refusal(client)["error"] == "not_started"
    assert asyncio.get_running_loop().time() == pytest.approx(START_SECONDS, abs=1)


async def test_a_client_that_goes_before_start_is_no_error(
    clients: Clients, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for reason in (CloseReason.CLIENT_CLOSED, CloseReason.PEER_LOST):
        client = clients.connects()
        client.hang_up(reason)
        await clients.serving.pop()
        assert client.messages == []
    assert caplog.records == []


async def test_a_client_that_is_refused_and_does_not_read_is_left_behind(clients: Clients) -> None:
    client = clients.connects()
    client.reads.clear()
    client.put("nonsense")
    await asyncio.wait_for(clients.serving[0], 10)


async def test_one_address_has_so_many_sockets_that_have_not_started(clients: Clients) -> None:
    for _ in range(REQUESTS.per_network):
        clients.connects()
    await settle()
    assert refusal(await clients.comes())["error"] == "too_many_requests"
    other = await clients.comes(asking=Requester(None, "198.51.100.1"))
    assert other.messages == []
    assert clients.session() is not None


# -- places, limits and the end ----------------------------------------------------------------


async def test_it_takes_over_the_place_of_an_earlier_connection(clients: Clients) -> None:
    clients.host.registry.limit = 1
    first = await clients.comes("a")
    await clients.comes("b", replaces="a")
    assert clients.session("b") is not None
    assert first.closed is not None


async def test_a_gradio_pages_session_is_the_pages(clients: Clients) -> None:
    await clients.comes("a", pages=True, session_hash="page")
    assert clients.session("a").owner == "page"
    await clients.comes("b", session_hash="page")
    assert clients.session("b").owner is None, "a plain client cannot pretend"
    token = clients.host.starts.remember("page", (7,))
    await clients.comes("c", pages=True, session_hash="page", replaces="a", start=token)
    assert handler_of(clients.session("c")).args == [(7,)]


async def test_the_streams_time_limit_holds(clients: Clients) -> None:
    clients.host.settings.limits = Limits(time_limit=30)
    client = await clients.comes()
    await clients.serving[0]
    assert asyncio.get_running_loop().time() == pytest.approx(30, abs=0.2)
    assert client.of_type("end_stream")[0]["reason"] == "time_limit"
    assert client.closed == "time_limit"


async def test_a_client_that_never_pings_may_listen_for_hours(clients: Clients) -> None:
    client = await clients.comes()
    client.put(media(b"\xff" * 160))
    await asyncio.sleep(3600)
    assert clients.session().state is SessionState.OPEN
    assert clients.host.settings.limits == replace(Limits())


async def test_the_server_stops(clients: Clients) -> None:
    client = await clients.comes()
    await clients.host.aclose()
    assert client.of_type("end_stream")[0]["reason"] == "server_shutdown"
    assert client.closed == "server_shutdown"


async def test_a_server_that_cancels_the_request_ends_the_session(clients: Clients) -> None:
    await clients.comes()
    session = clients.session()
    clients.serving[0].cancel()
    await until(lambda: session.state is SessionState.CLOSED)
    assert handler_of(session).closed == 1
