"""All routes of one stream."""

from __future__ import annotations

from enum import Enum

from fastapi import APIRouter

from gradio_webrtc.routes.client_script import add_client_script
from gradio_webrtc.routes.telephone import Telephone, add_telephone
from gradio_webrtc.routes.webrtc import add_webrtc
from gradio_webrtc.routes.websocket import add_websocket
from gradio_webrtc.server.operation.endpoints import add_health, add_metrics
from gradio_webrtc.server.stream_host import StreamHost


def make_router(
    host: StreamHost,
    telephone: Telephone,
    path: str,
    tags: list[str | Enum] | None,
    *,
    metrics: bool = False,
) -> APIRouter:
    """Return the routes of one stream under ``path``.

    Raises:
        ConfigurationError: ``metrics`` are wanted, and their extra is not installed.
    """
    router = APIRouter(prefix=path)
    add_webrtc(router, host, tags)
    add_websocket(router, host)
    add_client_script(router)
    add_telephone(router, telephone, tags)
    add_health(router, lambda: [host], tags=tags)
    if metrics:
        add_metrics(router, lambda: [host], tags=tags)
    return router
