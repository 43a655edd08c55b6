"""The websocket of Gradio's own pages: one route in the app that serves them, for all its streams.

Gradio gives components no place to declare routes, and an app is made in several ways: launched,
mounted in another, reloaded. A request of the page's has the app that serves it in any case, so the
route is added when the first page asks where its websocket is. It lies beside Gradio's own routes,
below whatever the app is mounted at, and its proxies lead to it as they lead there.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from fastapi import FastAPI
from gradio.route_utils import API_PREFIX
from starlette.websockets import WebSocket

from gradio_webrtc.errors import OriginNotAllowedError, WebSocketUnavailableError
from gradio_webrtc.gradio_events.websocket_tickets import Ticket, Tickets
from gradio_webrtc.server.answering import Answer
from gradio_webrtc.server.origins import check_origin
from gradio_webrtc.server.quotas import Requester, network_of
from gradio_webrtc.server.sockets.websocket_session import serve_websocket
from gradio_webrtc.server.stream_host import StreamHost

logger = logging.getLogger(__name__)

PATH = f"{API_PREFIX}/gradio_webrtc/websocket"

_tickets = Tickets()


async def websocket_address(host: StreamHost, asking: Requester, app: FastAPI) -> Answer:
    """Answer where a page finds its websocket, below the address of ``app``.

    Raises:
        WebSocketUnavailableError: it would not be reached there.
    """
    if (reason := _hindrance(app)) is not None:
        logger.warning("a page found no way by WebRTC, and cannot fall back: %s", reason)
        raise WebSocketUnavailableError(reason)
    if not getattr(app.state, "serves_gradio_webrtc", False):
        app.state.serves_gradio_webrtc = True
        app.add_api_websocket_route(PATH, _serve)
    ticket = _tickets.issue(Ticket(host, asking.owner), time.monotonic())
    logger.info("a page found no way by WebRTC, and falls back to a websocket")
    return {"status": "success", "path": f"{PATH}?ticket={ticket}"}


def _hindrance(app: FastAPI) -> str | None:
    """Return why no websocket reaches ``app``, as far as that can be known; only logged."""
    blocks: Any = app.get_blocks() if hasattr(app, "get_blocks") else None
    if getattr(blocks, "_node_is_proxy", False):
        return "Gradio's server-side rendering lets no websocket through; launch(ssr_mode=False)."
    config: Any = getattr(getattr(blocks, "server", None), "config", None)
    if config is not None and getattr(config, "ws_protocol_class", True) is None:
        return "the server speaks no websocket; install one with: pip install websockets"
    return None


async def _serve(websocket: WebSocket) -> None:
    """Serve a page's websocket until its session has ended."""
    ticket = _tickets.read(websocket.query_params.get("ticket"), time.monotonic())
    if ticket is None:
        await websocket.close(1008)
        return
    host = ticket.host
    try:
        check_origin(websocket.headers, host.settings.allowed_origins, websocket.scope.get("app"))
    except OriginNotAllowedError as refusal:
        host.answering.refused(refusal)
        await websocket.close(1008)
        return
    network = network_of(websocket.client.host if websocket.client else None)
    await serve_websocket(host, websocket, Requester(ticket.owner, network))
