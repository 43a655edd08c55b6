"""Streams of one app that share their places: those with the same ``concurrency_id``."""

from __future__ import annotations

from collections.abc import Hashable
from weakref import WeakKeyDictionary, WeakSet, WeakValueDictionary

from gradio.blocks import Blocks
from gradio.context import get_blocks_context

from gradio_webrtc.gradio_events.rerendering import renderable
from gradio_webrtc.server.session_registry import SessionRegistry
from gradio_webrtc.server.stream_host import StreamHost

_Registries = WeakValueDictionary[str, SessionRegistry]

_ids: WeakKeyDictionary[StreamHost, str] = WeakKeyDictionary()
_registries: WeakKeyDictionary[Blocks, _Registries] = WeakKeyDictionary()
_joined: WeakKeyDictionary[Blocks, WeakSet[StreamHost]] = WeakKeyDictionary()


def share(host: StreamHost, concurrency_id: str | None, key: Hashable | None) -> None:
    """Make ``host`` share its places with the streams of the app that is being built.

    Args:
        host: of a stream that has no session yet.
        concurrency_id: the author's, or ``None``.
        key: the component's. ``gr.render`` makes a component for each page, and those with one key
            are one component to the author, who limits how many people may use it.
    """
    context, current = get_blocks_context(), renderable()
    if concurrency_id is None and current is not None and key is not None:
        concurrency_id = f"gr.render {current._id} {key!r}"
    if concurrency_id is None or context is None:
        return
    _ids[host] = concurrency_id
    _join(context.root_block, host)


def join(app: Blocks, host: StreamHost) -> None:
    """See to it that ``host`` shares places in ``app``, which serves it now.

    It may have been built in a ``Blocks`` of its own, and rendered in ``app`` later.
    """
    if host not in _ids or host in _joined.get(app, ()):
        return
    for block in list(app.blocks.values()):
        other = getattr(block, "_host", None)
        if isinstance(other, StreamHost) and other in _ids:
            _join(app, other)
    _join(app, host)


def _join(app: Blocks, host: StreamHost) -> None:
    _joined.setdefault(app, WeakSet()).add(host)
    registries = _registries.setdefault(app, WeakValueDictionary())
    own = host.registry
    shared = registries.setdefault(_ids[host], own)
    if shared is own or len(own):  # who is in already keeps the place they have
        return
    host.registry = shared
    if own.limit is not None:
        shared.limit = own.limit if shared.limit is None else min(own.limit, shared.limit)
