"""Telling what belongs to the whole process when its first session starts and its last one ends."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from gradio_webrtc.server.operation.malloc_thresholds import malloc_thresholds
from gradio_webrtc.server.operation.switch_interval import switch_interval
from gradio_webrtc.session.session import Session


class ProcessSetting(Protocol):
    """What is one way while this process has sessions and another while it has none."""

    def sessions_began(self) -> None:
        """There is a session, and there was none."""

    def sessions_ended(self) -> None:
        """There was a session, and there is none."""


class ProcessSessions:
    """Counts the sessions of all streams. Any thread: loops on several may have sessions.

    Args:
        settings: who is told, one after the other, of the first session and the last.
    """

    def __init__(self, settings: Sequence[ProcessSetting]) -> None:
        self._settings = settings
        self._lock = threading.Lock()  # held while they are told: a start must not overtake an end
        self._sessions = 0

    def session_started(self) -> None:
        """There is one session more."""
        with self._lock:
            self._sessions += 1
            if self._sessions == 1:
                for setting in self._settings:
                    setting.sessions_began()

    def session_over(self, session: Session) -> None:
        """There is one session less."""
        del session
        with self._lock:
            self._sessions -= 1
            if self._sessions == 0:
                for setting in self._settings:
                    setting.sessions_ended()


@cache
def process_sessions() -> ProcessSessions:
    """Return the process's own, with settings as the environment said when it was first asked for.

    Raises:
        ConfigurationError: the environment says nonsense.
    """
    return ProcessSessions([malloc_thresholds(), switch_interval()])
