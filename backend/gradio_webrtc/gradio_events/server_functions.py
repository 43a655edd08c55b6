"""What the page and Gradio itself ask of the component, as opposed to an app's author."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias, cast

import gradio as gr
from gradio.blocks import Block
from gradio.components.base import server
from gradio.route_utils import Request
from gradio.routes import App

from gradio_webrtc.errors import (
    OriginNotAllowedError,
    SignalingError,
    WebSocketUnavailableError,
)
from gradio_webrtc.gradio_events.place_sharing import join
from gradio_webrtc.gradio_events.requests import show_error_of
from gradio_webrtc.gradio_events.streaming_component import StreamingComponent
from gradio_webrtc.gradio_events.websocket_route import websocket_address
from gradio_webrtc.handlers.webrtc_data import WebRTCData
from gradio_webrtc.json_values import Json
from gradio_webrtc.options import Fallback
from gradio_webrtc.server.answering import Answer, failure
from gradio_webrtc.server.origins import check_origin
from gradio_webrtc.server.quotas import Requester, network_of, page_of
from gradio_webrtc.server.server_stop import close_sessions_first
from gradio_webrtc.server.start_tokens import START_COMMAND
from gradio_webrtc.server.stream_host import StreamHost
from gradio_webrtc.session.submissions import parse_submission
from gradio_webrtc.transports.ice.ice_servers import RTCConfigurationSource
from gradio_webrtc.transports.negotiation.candidate_addresses import Scope, client_scope

logger = logging.getLogger(__name__)

Question: TypeAlias = Callable[[StreamHost, Json, Requester], Coroutine[Any, Any, Answer]]
"""A method of ``StreamHost`` that answers a page's request."""


class ServerFunctions(StreamingComponent):
    """The side of ``WebRTC`` that faces the page: server functions, props and values."""

    rtc_configuration: RTCConfigurationSource
    fallback: Fallback
    _told_unconnected = False

    # -- what the page calls: one JSON object in, one out ----------------------------------------

    @server
    async def offer(self, body: Json, request: Request | None = None) -> Answer:
        """Answer an offer or take a candidate."""
        scope = Scope.PUBLIC
        if request is not None:
            client = request.client.host if request.client else None
            scope = client_scope(client, request.headers)

        def signal(host: StreamHost, body: Json, asking: Requester) -> Coroutine[Any, Any, Answer]:
            return host.signal(body, asking, scope)

        return await self._ask(signal, body, request)

    @server
    async def wait_for_place(self, body: Json, request: Request | None = None) -> Answer:
        """Wait in line for a place."""
        return await self._ask(StreamHost.wait_for_place, body, request)

    @server
    async def leave(self, body: Json, request: Request | None = None) -> Answer:
        """Leave the line, or end the connection."""
        return await self._ask(StreamHost.leave, body, request)

    @server
    async def outputs_waiting(self, body: Json, request: Request | None = None) -> Answer:
        """Tell how many additional outputs the page has not fetched, and how many it has."""
        return await self._ask(StreamHost.outputs_waiting, body, request)

    @server
    async def ice_configuration(self, body: Json, request: Request | None = None) -> Answer:
        """Return the page's RTC configuration, resolved for this connection."""
        return await self._ask(StreamHost.ice_configuration, body, request)

    @server
    async def reach(self, body: Json) -> Answer:
        """Answer a page that has lost its connection and asks whether the server is there."""
        return {"status": "success"}

    @server
    async def websocket(self, body: Json, request: Request | None = None) -> Answer:
        """Tell where the page's websocket is, for when WebRTC finds no path."""

        def address(host: StreamHost, _: Json, asking: Requester) -> Coroutine[Any, Any, Answer]:
            return host.answering.answer(asking, self._websocket_address(host, asking, request))

        return await self._ask(address, body, request)

    async def _websocket_address(
        self, host: StreamHost, asking: Requester, request: Request | None
    ) -> Answer:
        if self.fallback is None or request is None:
            raise WebSocketUnavailableError("This stream is carried by WebRTC only.")
        return await websocket_address(host, asking, request.app)

    async def _ask(self, question: Question, body: Json, request: Request | None) -> Answer:
        host = self._host
        if host is None:
            return self._unconnected()
        network = None
        if request is not None:
            try:
                # Gradio takes a request of any site's page for a server that is not on localhost,
                # and there whatever needs no asking first.
                check_origin(request.headers, host.settings.allowed_origins, request.app)
            except OriginNotAllowedError as refusal:
                return host.answering.refused(refusal)
            host.settings.show_error = show_error_of(request.app)
            self._close_with_app(host, request)
            network = network_of(request.client.host if request.client else None)
        return await question(host, body, Requester(page_of(body), network))

    def _close_with_app(self, host: StreamHost, request: Request) -> None:
        """Share places with the other streams of the app that serves this one, and end with it.

        When Gradio stops serving, the sessions end while a goodbye can still be sent.
        """
        stopping = getattr(request.app, "stop_event", None)
        if isinstance(stopping, asyncio.Event):
            host.close_with(stopping)
            serving = getattr(getattr(request.app, "blocks", None), "server", None)
            close_sessions_first(serving, stopping)
        if isinstance(request.app, App):
            join(request.app.get_blocks(), host)

    def _unconnected(self) -> Answer:
        name = self.own_name()
        if self.proxy_url:
            code, words = (
                "loaded_from_elsewhere",
                (
                    f"{name} was loaded from {self.proxy_url}. A stream cannot be reached through "
                    "another app: open that app itself, or embed its page."
                ),
            )
        else:
            code, words = (
                "no_stream",
                (
                    f"{name}: nothing is connected to this component. Call its stream(), as in "
                    "webrtc.stream(handler, inputs=[webrtc], outputs=[webrtc])."
                ),
            )
        if not self._told_unconnected:
            self._told_unconnected = True
            logger.error("%s", words)
        return failure(code, words)

    # -- what Gradio calls -------------------------------------------------------------------------

    def get_config(self, cls: type[Block] | None = None) -> dict[str, Any]:
        """Return the props of the page; what only the server may know stays here."""
        config: dict[str, Any] = super().get_config(cls)
        dynamic = callable(self.rtc_configuration)
        config["rtc_configuration"] = None if dynamic else self.rtc_configuration
        config["dynamic_rtc_configuration"] = dynamic
        # Asked for whenever the page is drawn, and Gradio's numbers are what they are then.
        config["output_listeners"] = self.listeners.ids()
        for private in (
            *("server_rtc_configuration", "allow_extra_tracks", "frame_format", "record"),
            *("candidate_addresses", "allowed_origins", "shared"),
        ):
            config.pop(private, None)
        return config

    def preprocess(self, payload: Json) -> str | WebRTCData | None:
        """Return the id of the page's connection, or ``None`` before the first one.

        With ``variant="textbox"`` a ``WebRTCData`` with what the person submitted last.

        Raises:
            gr.Error: it is not what a page sends, or the text is too long.
        """
        if isinstance(payload, str) and payload.startswith(START_COMMAND):
            return None  # the page takes the command to start out at once; it is nobody's id
        if self.variant == "wave":
            return cast("str | None", payload)  # an id is checked wherever it is used
        try:
            return parse_submission(payload)
        except SignalingError as error:
            raise gr.Error(str(error), print_exception=False) from None

    def postprocess(self, value: str | WebRTCData | None) -> Any:
        """Return the id unchanged, a ``WebRTCData`` without its sound."""
        if isinstance(value, WebRTCData):
            return {"webrtc_id": value.webrtc_id, "textbox": value.textbox}
        return value

    def api_info(self) -> dict[str, Any]:
        """Describe the value for the API page."""
        webrtc_id = {"type": "string", "description": "The id of a WebRTC connection."}
        if self.variant == "wave":
            return webrtc_id
        return {
            "type": "object",
            "properties": {"webrtc_id": webrtc_id, "textbox": {"type": "string"}},
        }

    def example_payload(self) -> Any:
        """Return an example value."""
        webrtc_id = "3f0c9a52-7f27-4f0e-9b1e-6b3f0e8a5d11"
        return webrtc_id if self.variant == "wave" else {"webrtc_id": webrtc_id, "textbox": "Hi"}

    def example_value(self) -> Any:
        """Return an example value."""
        return self.example_payload()
