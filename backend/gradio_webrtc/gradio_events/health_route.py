"""``/webrtc/health`` of a Gradio app, whose streams are components of its pages.

A launched app has the route by itself: Gradio calls a ``Blocks``'s startup events when its app is
made and before it is announced. An app that is mounted in another, or put together of several, is
not known to its parts, so there its author says where the route goes.
"""

from __future__ import annotations

from collections.abc import Iterable
from weakref import WeakKeyDictionary, WeakSet

from fastapi import FastAPI
from gradio.blocks import Blocks
from gradio.context import get_blocks_context

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server.hosted_sessions import HostedSessions
from gradio_webrtc.server.operation.endpoints import HEALTH, add_health
from gradio_webrtc.server.stream_host import StreamHost

_made: WeakKeyDictionary[Blocks, WeakSet[StreamHost]] = WeakKeyDictionary()
"""The streams that were made while a ``Blocks`` was built, in ``gr.render`` too."""


def serve_health(app: FastAPI | Blocks, *demos: Blocks, path: str = "") -> None:
    """Add the route ``/webrtc/health`` for the streams of Gradio apps.

    A ``gr.Blocks`` that is launched and has streams of its own has it without this.

    Args:
        app: the application that answers; a ``gr.Blocks`` answers once it is launched.
        demos: the apps whose streams are meant; by default ``app`` itself.
        path: prefix of the route.

    Raises:
        ConfigurationError: ``app`` is neither, or it is a FastAPI app and no ``demos`` are named.
    """
    if isinstance(app, Blocks):
        _when_launched(app, demos or (app,), path)
    elif not isinstance(app, FastAPI) or not demos:
        raise ConfigurationError(
            "serve_health() takes a gr.Blocks, or a FastAPI app and the gr.Blocks whose streams "
            "are meant: serve_health(app, demo)."
        )
    else:
        add_health(app, lambda: hosts_of(demos), path)


def serve_own_health(host: StreamHost) -> None:
    """Have the app that is being built, to which ``host`` belongs, answer for it when launched."""
    context = get_blocks_context()
    if context is None:
        return
    root = context.root_block
    if root not in _made:
        _made[root] = WeakSet()
        _when_launched(root, (root,), "")
    _made[root].add(host)


def hosts_of(demos: Iterable[Blocks]) -> list[HostedSessions]:
    """Return the streams of ``demos`` as they are now, those of apps inside them included."""
    found: dict[int, HostedSessions] = {}
    for demo in demos:
        placed = (getattr(block, "_host", None) for block in list(demo.blocks.values()))
        for host in (*placed, *_made.get(demo, ())):
            if isinstance(host, StreamHost):
                found[id(host)] = host
    return list(found.values())


def _when_launched(root: Blocks, demos: tuple[Blocks, ...], path: str) -> None:
    async def add() -> None:
        app = root.app
        there = {getattr(route, "path", "") for route in app.routes}
        if path + HEALTH not in there:
            add_health(app, lambda: hosts_of(demos), path)

    root.extra_startup_events.append(add)
