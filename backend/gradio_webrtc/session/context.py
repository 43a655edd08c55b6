"""Which session the running user code belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Context:
    """The session a user callback runs for."""

    webrtc_id: str


_current: ContextVar[Context | None] = ContextVar("gradio_webrtc_context", default=None)


def get_current_context() -> Context:
    """Return the session's context inside any user callback, sync or async.

    Raises:
        RuntimeError: called outside a callback of this package.
    """
    context = _current.get()
    if context is None:
        raise RuntimeError(
            "get_current_context() works inside a stream handler, function or generator only; "
            "no session is running this code."
        )
    return context


def set_current_context(context: Context) -> None:
    """Mark the calling task or thread as working for ``context``."""
    _current.set(context)
