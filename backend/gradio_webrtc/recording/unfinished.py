"""Completing recordings when the process ends before their sessions did."""

from __future__ import annotations

import atexit
import threading
import time
from weakref import WeakKeyDictionary

from gradio_webrtc.recording.write_queue import WriteQueue

EXIT_SECONDS = 1.0
"""How long an ending process waits for its recordings altogether."""

_unfinished: WeakKeyDictionary[threading.Thread, WriteQueue] = WeakKeyDictionary()


def finish_at_exit(inbox: WriteQueue, thread: threading.Thread) -> None:
    """Have ``inbox`` closed and ``thread`` waited for, should it still run when Python ends."""
    _unfinished[thread] = inbox


def finish_recordings(seconds: float) -> None:
    """Complete the files of all recordings; wait at most ``seconds`` for that. Any thread."""
    deadline = time.monotonic() + seconds
    running = [(thread, inbox) for thread, inbox in list(_unfinished.items()) if thread.is_alive()]
    for _, inbox in running:
        inbox.close()
    for thread, _ in running:
        thread.join(max(0.0, deadline - time.monotonic()))


@atexit.register
def _finish() -> None:
    finish_recordings(EXIT_SECONDS)
