"""``GET /webrtc/health`` and ``/webrtc/metrics``, on any application of FastAPI's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from enum import Enum

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gradio_webrtc.server.operation.health import health_of
from gradio_webrtc.server.operation.metrics import check_installed, look_at_loop, write_metrics
from gradio_webrtc.server.stream_host import StreamHost

HEALTH = "/webrtc/health"
METRICS = "/webrtc/metrics"

FRESH = {"Cache-Control": "no-store"}

Hosts = Callable[[], Iterable[StreamHost]]
"""Gives the streams of an app, as they are when it is asked."""


def add_health(
    router: APIRouter | FastAPI, hosts: Hosts, path: str = "", tags: list[str | Enum] | None = None
) -> None:
    """Add the route to ``router``, under ``path``."""

    async def health(request: Request) -> JSONResponse:
        """Tell whether sessions are taken, and how many there are; 503 when none is."""
        found = health_of(hosts(), stopping=_stops(request))
        return JSONResponse(found.as_json(), found.code, FRESH)

    where = path + HEALTH
    router.add_api_route(where, health, response_class=JSONResponse, tags=tags)
    router.add_api_route(where, health, methods=["HEAD"], include_in_schema=False)


def add_metrics(
    router: APIRouter | FastAPI, hosts: Hosts, path: str = "", tags: list[str | Enum] | None = None
) -> None:
    """Add the route to ``router``, under ``path``.

    Raises:
        ConfigurationError: the extra ``metrics`` is not installed.
    """
    check_installed()

    async def metrics() -> Response:
        """Tell the figures of the streams, as text for Prometheus."""
        text, kind = write_metrics(hosts(), await look_at_loop())
        return Response(text, headers={**FRESH, "Content-Type": kind})

    router.add_api_route(path + METRICS, metrics, response_class=Response, tags=tags)


def _stops(request: Request) -> bool:
    """Whether Gradio is closing the app; other servers say nothing of it to applications."""
    stopping = getattr(request.scope.get("app"), "stop_event", None)
    return isinstance(stopping, asyncio.Event) and stopping.is_set()
