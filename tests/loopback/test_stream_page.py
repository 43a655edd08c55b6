"""Page and routes of one stream in one app: places, inputs, outputs and the end are shared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any, Literal

import gradio as gr
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from gradio.routes import App as GradioApp
from starlette.routing import Mount

from gradio_webrtc import AdditionalOutputs, Stream
from tests.support.client import LoopbackClient, RefusedError, Signal
from tests.support.echo_handlers import AsyncEchoHandler
from tests.support.recognisable_tracks import SineTrack
from tests.support.sessions import until


class Teller(AsyncEchoHandler):
    """Says on the side what its inputs are, when it is asked to."""

    def copy(self) -> Teller:
        return Teller()

    def trigger_response(self) -> None:
        self.queue.put_nowait(AdditionalOutputs(self.latest_args[1:]))  # type: ignore[arg-type]


def stream_of(**options: Any) -> Stream:
    return Stream(
        Teller(),
        modality="audio",
        additional_inputs=[gr.Textbox()],
        additional_outputs=[gr.Textbox()],
        additional_outputs_handler=lambda shown, said: said,
        **options,
    )


@pytest.fixture
def stream() -> Stream:
    return stream_of(concurrency_limit=2)


class App:
    """A stream's page and routes in one app, and clients of both."""

    def __init__(self, stream: Stream, http: httpx.AsyncClient) -> None:
        self.stream = stream
        self.http = http
        self.clients: list[LoopbackClient] = []
        self.connected: set[str] = set()

    async def ask(self, function: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask as the page does."""
        request = {
            "session_hash": "someone",
            "component_id": self.stream.webrtc_component._id,
            "fn_name": function,
            "data": {**body, "session_hash": "someone"},
        }
        answer = await self.http.post("/ui/gradio_api/component_server/", json=request)
        result: dict[str, Any] = answer.json()
        return result

    async def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask as any other client does."""
        result: dict[str, Any] = (await self.http.post("/rtc/webrtc/offer", json=body)).json()
        return result

    def client(self, way: Literal["page", "routes"]) -> LoopbackClient:
        """Return a client that is not connected yet."""
        signal: Signal = partial(self.ask, "offer") if way == "page" else self.post
        self.clients.append(LoopbackClient(signal, send=[SineTrack()]))
        return self.clients[-1]


@pytest_asyncio.fixture
async def served(stream: Stream) -> AsyncIterator[App]:
    fastapi = FastAPI()
    stream.mount(fastapi, "/rtc")
    fastapi = gr.mount_gradio_app(fastapi, stream.ui, path="/ui")
    transport = httpx.ASGITransport(fastapi)
    async with (
        fastapi.router.lifespan_context(fastapi),
        httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http,
    ):
        app = App(stream, http)
        yield app
        app.connected = set(stream.connections)
        assert app.connected
    # What Gradio leaves running when the app around it ends; a server takes its event loop along.
    for route in fastapi.router.routes:
        if isinstance(route, Mount) and isinstance(route.app, GradioApp):
            route.app.stop_event.set()
            route.app.get_blocks()._queue.close()
    # The app has ended, and with it every session: all are told before they are left alone.
    for each in app.clients:
        if each.webrtc_id in app.connected:
            assert (await each.message("end_stream"))["reason"] == "server_shutdown"
        await each.close()
    assert stream.connections == {}


async def test_places_inputs_outputs_and_the_end_are_shared(stream: Stream, served: App) -> None:
    both = [served.client("page"), served.client("routes")]
    for each in both:
        await each.connect()
    assert set(stream.connections) == {each.webrtc_id for each in both}
    for each in both:
        await until(lambda each=each: each.heard > 0.2)
        stream.set_input(each.webrtc_id, f"for {each.webrtc_id}")
        handler = stream.handlers[each.webrtc_id]
        assert isinstance(handler, Teller)
        await until(lambda handler=handler: len(handler.latest_args) > 1)
        reading = stream.output_stream(each.webrtc_id)
        handler.trigger_response()
        assert (await anext(reading)).args == ([f"for {each.webrtc_id}"],)
    with pytest.raises(RefusedError) as refused:
        await served.client("routes").connect()
    assert refused.value.meta["error"] == "concurrency_limit_reached"
    # The page's next visitor stands in line until a client of the routes leaves.
    assert (await served.ask("wait_for_place", {"webrtc_id": "next"}))["status"] == "waiting"
    stream.close_stream(both[1].webrtc_id)
    assert (await both[1].message("end_stream"))["reason"] == "app_closed"
    assert (await served.ask("wait_for_place", {"webrtc_id": "next"}))["status"] == "admitted"
    replacement = served.client("routes")
    with pytest.raises(RefusedError):  # the place is kept for the one who stood in line
        await replacement.connect()
