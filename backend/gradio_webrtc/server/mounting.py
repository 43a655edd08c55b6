"""Where a stream's routes go: checks with errors that say what to pass instead."""

from __future__ import annotations

import re

from fastapi import APIRouter, FastAPI
from starlette.routing import Match, Mount

from gradio_webrtc.errors import ConfigurationError

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


def check_path_is_free(router: APIRouter, path: str) -> None:
    """Raise ``ConfigurationError`` if ``router`` has a route under ``path`` already.

    The one that was there first would answer, and nobody would ever reach the second.
    """
    request = {"type": "http", "method": "POST", "path": router.prefix + path, "headers": []}
    for route in router.routes:
        # What is mounted there with all that is below it may come after the routes of its own.
        if not isinstance(route, Mount) and route.matches(request)[0] is Match.FULL:
            raise ConfigurationError(
                f"Something is mounted at {path!r} already. Give each Stream a path of its own."
            )
