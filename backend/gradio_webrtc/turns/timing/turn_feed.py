"""The timings of all turns of this process, for what measures the whole application."""

from __future__ import annotations

import logging

from gradio_webrtc.turns.timing.turn_timer import TellTimings
from gradio_webrtc.turns.timing.turn_timings import TurnTimings

logger = logging.getLogger(__name__)


class TurnFeed:
    """Tells its subscribers of every turn that is over, on the event loop of its connection.

    Several event loops may have connections, so what subscribes is called from several threads.
    """

    def __init__(self) -> None:
        self._subscribers: tuple[TellTimings, ...] = ()

    def subscribe(self, told: TellTimings) -> None:
        """Call ``told`` from now on; it must not block. What it raises is logged. Once each."""
        if told not in self._subscribers:
            self._subscribers = (*self._subscribers, told)

    def unsubscribe(self, told: TellTimings) -> None:
        """Do not call it any more; a stranger is ignored."""
        self._subscribers = tuple(each for each in self._subscribers if each != told)

    def put(self, timings: TurnTimings) -> None:
        """Tell everybody."""
        for tell in self._subscribers:
            try:
                tell(timings)
            except Exception:  # what measures a conversation must not end it
                logger.exception("A subscriber to turns failed")


TURN_FEED = TurnFeed()
"""Of this process."""
