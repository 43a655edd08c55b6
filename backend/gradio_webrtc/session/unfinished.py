"""Completing recordings when the interpreter ends before their sessions did."""

from __future__ import annotations

import atexit
import threading
from weakref import WeakKeyDictionary

from gradio_webrtc.session.inbox import Inbox

EXIT_SECONDS = 3.0
"""How long an ending process waits for its recordings altogether."""

_unfinished: WeakKeyDictionary[threading.Thread, Inbox] = WeakKeyDictionary()


def finish_at_exit(inbox: Inbox, thread: threading.Thread) -> None:
    """Have ``inbox`` closed and ``thread`` waited for, should it still run when Python ends."""
    _unfinished[thread] = inbox


@atexit.register
def _finish() -> None:
    running = [(thread, inbox) for thread, inbox in _unfinished.items() if thread.is_alive()]
    for _, inbox in running:
        inbox.close()
    for thread, _ in running:
        thread.join(EXIT_SECONDS / len(running))
