"""Which session a line of the log belongs to, user code's lines on its own threads included.

The id travels in a context variable, which the tasks of the session and of its connection inherit,
and the threads of user code. It is another one than that of ``get_current_context()``, because the
log of a connection begins before there is a session.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NO_SESSION = "-"

_session: ContextVar[str] = ContextVar("gradio_webrtc_logged_session", default=NO_SESSION)


@contextmanager
def logging_for(webrtc_id: str) -> Iterator[None]:
    """Mark what is done in this block, and what is started in it, as work for one session."""
    before = _session.set(webrtc_id)
    try:
        yield
    finally:
        _session.reset(before)


class SessionLogFilter(logging.Filter):
    """Gives each record an attribute ``webrtc_id``; lets all of them pass.

    Add it to a handler (``handler.addFilter(SessionLogFilter())``), whose format can then name
    ``%(webrtc_id)s``. On lines that belong to no session it is ``-``. One that was given by
    ``extra=`` stays. A thread that your code starts itself belongs to no session, unless it runs
    in a copy of the caller's context variables.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the attribute."""
        if not hasattr(record, "webrtc_id"):
            record.webrtc_id = _session.get()
        return True
