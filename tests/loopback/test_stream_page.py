"""Page and routes of one stream in one app: places, inputs, outputs and the end are shared."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

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

Client = Callable[[str], LoopbackClient]


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


@pytest_asyncio.fixture
async def client(stream: Stream) -> AsyncIterator[Client]:
    """Give a client of the stream's ``"page"`` or of its ``"routes"``, not yet connected."""
    app = FastAPI()
    stream.mount(app, "/rtc")
    app = gr.mount_gradio_app(app, stream.ui, path="/ui")
    clients: list[LoopbackClient] = []
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http,
    ):

        async def by_page(body: dict[str, Any]) -> dict[str, Any]:
            request = {
                "session_hash": "someone",
                "component_id": stream.webrtc_component._id,
                "fn_name": "offer",
                "data": {**body, "session_hash": "someone"},
            }
            answer = await http.post("/ui/gradio_api/component_server/", json=request)
            result: dict[str, Any] = answer.json()
            return result

        async def by_routes(body: dict[str, Any]) -> dict[str, Any]:
            result: dict[str, Any] = (await http.post("/rtc/webrtc/offer", json=body)).json()
            return result

        signals: dict[str, Signal] = {"page": by_page, "routes": by_routes}

        def make(way: str) -> LoopbackClient:
            clients.append(LoopbackClient(signals[way], send=[SineTrack()]))
            return clients[-1]

        yield make
    # What Gradio leaves running when the app around it ends; a server takes its event loop along.
    for route in app.router.routes:
        if isinstance(route, Mount) and isinstance(route.app, GradioApp):
            route.app.stop_event.set()
            route.app.get_blocks()._queue.close()
    # The app has ended, and with it every session: both are told before they are left alone.
    for each in clients:
        if each.pc.connectionState != "new":
            assert (await each.message("end_stream"))["reason"] == "server_shutdown"
        await each.close()
    assert stream.connections == {}


async def test_places_inputs_outputs_and_the_end_are_shared(stream: Stream, client: Client) -> None:
    both = [client("page"), client("routes")]
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
    for way in ("page", "routes"):
        with pytest.raises(RefusedError) as refused:
            await client(way).connect()
        assert refused.value.meta["error"] == "concurrency_limit_reached"
        assert refused.value.meta["limit"] == 2
