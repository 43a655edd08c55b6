"""Where a stream's routes go: checks with errors that say what to pass instead."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any
from weakref import WeakSet

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Match, Mount

from gradio_webrtc.errors import ConfigurationError

logger = logging.getLogger(__name__)

_PATH = re.compile(r"(/([A-Za-z0-9._~:-]|\{\w+(:\w+)?\})+)*")
"""Segments of a URL's path: RFC 3986, section 3.3, without percent escapes, which servers decode
before they look for a route; and FastAPI's parameters in braces."""


def mounted_on(app: FastAPI | APIRouter) -> APIRouter:
    """Return the router of ``app``.

    Raises:
        ConfigurationError: it is no application of FastAPI's.
    """
    if isinstance(app, FastAPI):
        return app.router
    if isinstance(app, APIRouter):
        return app
    raise ConfigurationError(
        f"Stream.mount() takes a FastAPI app or an APIRouter, not {type(app).__name__}. For a "
        "Gradio app use gr.mount_gradio_app(app, demo, path) and mount the stream on that app."
    )


def mount_path(path: str) -> str:
    """Return ``path`` with a slash before each segment and none at its end; empty for the root.

    Raises:
        ConfigurationError: it is not the path of a URL.
    """
    if not isinstance(path, str):
        raise ConfigurationError(f'path must be text such as "/rtc"; got {path!r}.')
    segments = path.strip("/")
    prefix = f"/{segments}" if segments else ""
    if not _PATH.fullmatch(prefix):
        raise ConfigurationError(
            f'path must be the path of a URL such as "/rtc", without host and query; got {path!r}.'
        )
    return prefix


def add_routes(router: APIRouter, routes: APIRouter) -> None:
    """Add the ``routes`` of a stream to ``router``.

    A route of the app's own that answers the same requests, and was declared before, goes on to
    answer them: an app may bring its own. The log says so.

    Raises:
        ConfigurationError: another stream is there already. Nobody would ever reach the second.
    """
    for route in routes.routes:
        path = router.prefix + _path(route)
        there = list(_answering(router, path, route))
        if any(_is_of_a_stream(each, path) for each in there):
            raise ConfigurationError(
                f"A stream is mounted at {path!r} already. Give each Stream a path of its own."
            )
        if there:
            _tell_of_own_route(path, there[0])
    router.include_router(routes)
    endpoints = (getattr(route, "endpoint", None) for route in routes.routes)
    _stream_endpoints.update(endpoint for endpoint in endpoints if endpoint is not None)


def _tell_of_own_route(path: str, own: BaseRoute) -> None:
    if not isinstance(own, Mount) and _path(own) in (path, ""):
        logger.info("%s is answered by the app's own route, which was declared before", path)
        return
    # What is for more than this path was hardly meant: a Gradio page at "/", or static files.
    logger.warning(
        "%s is answered by what the app has at %r, which was declared before. Declare that after "
        "Stream.mount() if the stream is meant to answer.",
        path,
        _path(own) or "/",
    )


def _answering(router: APIRouter, path: str, route: BaseRoute) -> Iterator[BaseRoute]:
    """Yield the routes of ``router`` that answer what ``route`` would answer at ``path``."""
    methods = sorted(getattr(route, "methods", None) or ())
    request = {"type": "http", "method": methods[0]} if methods else {"type": "websocket"}
    for known in router.routes:
        if known.matches({**request, "path": path, "headers": []})[0] is Match.FULL:
            yield known


def _is_of_a_stream(route: BaseRoute, path: str) -> bool:
    """Whether ``route``, which answers at ``path``, was added by ``add_routes`` to some router."""
    if getattr(route, "endpoint", None) in _stream_endpoints:
        return path.endswith(_path(route))
    # Newer FastAPI keeps a router that was included as one route.
    included = getattr(route, "original_router", None)
    inner = included.routes if isinstance(included, APIRouter) else ()
    return any(_is_of_a_stream(each, path) for each in inner)


def _path(route: BaseRoute) -> str:
    """Return the path of a route, ``""`` for a router that was included as one."""
    return str(getattr(route, "path", ""))


_stream_endpoints: WeakSet[Callable[..., Any]] = WeakSet()
"""The functions behind the routes of all streams, by which they are known wherever included."""
