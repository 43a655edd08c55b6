"""``/webrtc/health`` and ``/webrtc/metrics`` of a Gradio app, whose streams are components.

A launched app answers for its health by itself: Gradio calls a ``Blocks``'s startup events when its
app is made and before it is announced. An app that is mounted in another, or put together of
several, is not known to its parts, so there its author says where the routes go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary, WeakSet

from fastapi import FastAPI
from gradio.blocks import Blocks
from gradio.context import get_blocks_context

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.server.operation.endpoints import HEALTH, METRICS, Hosts, add_health, add_metrics
from gradio_webrtc.server.operation.metrics import check_installed
from gradio_webrtc.server.operation.tally import Tally
from gradio_webrtc.server.stream_host import StreamHost

Add = Callable[[FastAPI, Hosts, str], None]


class _Made:
    """The streams that were made while a ``Blocks`` was built, in ``gr.render`` too.

    Those of one name are counted together, so that no count is lost with a page.
    """

    def __init__(self) -> None:
        self.hosts: WeakSet[StreamHost] = WeakSet()
        self.tallies: dict[str, Tally] = {}


_made: WeakKeyDictionary[Blocks, _Made] = WeakKeyDictionary()


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
    _serve(add_health, HEALTH, app, demos, path)


def serve_metrics(app: FastAPI | Blocks, *demos: Blocks, path: str = "") -> None:
    """Add the route ``/webrtc/metrics``, for Prometheus; as ``serve_health``.

    Args:
        app: the application that answers; a ``gr.Blocks`` answers once it is launched.
        demos: the apps whose streams are meant; by default ``app`` itself.
        path: prefix of the route.

    Raises:
        ConfigurationError: as ``serve_health``, or the extra ``metrics`` is not installed.
    """
    check_installed()
    _serve(add_metrics, METRICS, app, demos, path)


def serve_own_health(host: StreamHost, name: str) -> None:
    """Have the app that is being built, to which ``host`` belongs, answer for it when launched."""
    context = get_blocks_context()
    if context is None:
        return
    root = context.root_block
    if root not in _made:
        _made[root] = _Made()
        _when_launched(root, add_health, HEALTH, (root,), "")
    made = _made[root]
    made.hosts.add(host)
    host.name = name
    host.answering.tally = made.tallies.setdefault(name, host.answering.tally)


def hosts_of(demos: Iterable[Blocks]) -> list[StreamHost]:
    """Return the streams of ``demos`` as they are now, those of apps inside them included."""
    found: dict[int, StreamHost] = {}
    for demo in demos:
        placed = (getattr(block, "_host", None) for block in list(demo.blocks.values()))
        made = _made[demo].hosts if demo in _made else ()
        for host in (*placed, *made):
            if isinstance(host, StreamHost):
                found[id(host)] = host
    return list(found.values())


def _serve(
    add: Add, route: str, app: FastAPI | Blocks, demos: tuple[Blocks, ...], path: str
) -> None:
    if isinstance(app, Blocks):
        _when_launched(app, add, route, demos or (app,), path)
    elif not isinstance(app, FastAPI) or not demos:
        name = "serve_health" if add is add_health else "serve_metrics"
        raise ConfigurationError(
            f"{name}() takes a gr.Blocks, or a FastAPI app and the gr.Blocks whose streams are "
            f"meant: {name}(app, demo)."
        )
    else:
        add(app, lambda: hosts_of(demos), path)


def _when_launched(
    root: Blocks, add: Add, route: str, demos: tuple[Blocks, ...], path: str
) -> None:
    async def add_once() -> None:
        app = root.app
        if path + route not in {getattr(each, "path", "") for each in app.routes}:
            add(app, lambda: hosts_of(demos), path)

    root.extra_startup_events.append(add_once)
