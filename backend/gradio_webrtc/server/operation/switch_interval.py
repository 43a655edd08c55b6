"""How long a thread of user code may keep the interpreter from everybody's packets.

A thread that computes in Python gives up the interpreter's lock when another has waited for the
switch interval, 5 ms. The event loop waits for it anew after each look for what has come, so beside
such a thread it turns two hundred times a second at most, which two calls take up. While there are
sessions the interval is shorter. To switch costs some microseconds, and only where threads compete.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cache

from gradio_webrtc.server.operation.environment import whole_number

VARIABLE = "GRADIO_WEBRTC_SWITCH_MICROSECONDS"
"""Environment variable with the interval while there are sessions; 0 leaves Python's alone."""

SWITCH_SECONDS = 0.0005


def switch_seconds(environment: Mapping[str, str]) -> float:
    """Return the interval while there are sessions, as the environment says; 0: Python's own.

    Raises:
        ConfigurationError: it says no number.
    """
    microseconds = whole_number(environment, VARIABLE, "a whole number of microseconds")
    return SWITCH_SECONDS if microseconds is None else microseconds / 1e6


class SwitchInterval:
    """Shortens the interpreter's switch interval while there are sessions.

    An interval that is as short already is left alone, and one that the app has set meanwhile too.

    Args:
        seconds: the interval; 0: nothing is done.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._before: float | None = None
        self._set = 0.0

    def sessions_began(self) -> None:
        """There is a session, and there was none."""
        current = sys.getswitchinterval()
        if 0 < self._seconds < current:
            self._before = current
            sys.setswitchinterval(self._seconds)
            self._set = sys.getswitchinterval()

    def sessions_ended(self) -> None:
        """There was a session, and there is none."""
        if self._before is not None:
            if sys.getswitchinterval() == self._set:
                sys.setswitchinterval(self._before)
            self._before = None


@cache
def switch_interval() -> SwitchInterval:
    """Return the process's own, as the environment said when it was first asked for.

    Raises:
        ConfigurationError: the environment says nonsense.
    """
    return SwitchInterval(switch_seconds(os.environ))
