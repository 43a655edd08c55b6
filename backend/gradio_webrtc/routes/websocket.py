"""``WS {path}/websocket/offer``: audio over a websocket."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException
from starlette.websockets import WebSocket

from gradio_webrtc.routes.requests import check_request
from gradio_webrtc.server.quotas import Requester
from gradio_webrtc.server.sockets.websocket_session import serve_websocket
from gradio_webrtc.server.stream_host import StreamHost


def add_websocket(router: APIRouter, host: StreamHost) -> None:
    """Add the route to ``router``."""

    @router.websocket("/websocket/offer")
    async def websocket_offer(websocket: WebSocket) -> None:
        await answer_websocket(host, websocket)


async def answer_websocket(host: StreamHost, websocket: WebSocket) -> None:
    """Serve ``websocket`` until its session has ended, unless another site's page opened it."""
    asking = await check_websocket(host, websocket)
    if asking is not None:
        await serve_websocket(host, websocket, asking)


async def check_websocket(host: StreamHost, websocket: WebSocket) -> Requester | None:
    """Return who asks; ``None`` when it is a page that may not, which has been refused.

    Before the websocket is accepted that is a 403. Its words are in the log only: uvicorn takes an
    answer with a body for an error of the app's.
    """
    try:
        return check_request(host, websocket)
    except HTTPException:
        await websocket.close(1008)
        return None
