"""When a reply may be begun early, and when it is about something else by now. Pure."""

from __future__ import annotations

from gradio_webrtc.turns.detection.speech_events import Pause
from gradio_webrtc.turns.speculation.options import SpeculationOptions


class Speculation:
    """Decides by the pauses of one conversation. Not thread-safe.

    A pause is known by when the last speech before it ended; one is tried once. A turn, however
    often somebody stops in it, has a limited number of replies.

    Args:
        options: the author's; ``None``: nothing is ever begun early.
    """

    def __init__(self, options: SpeculationOptions | None) -> None:
        self._options = options
        self._replies = 0
        self._tried: float | None = None

    def turn_began(self) -> None:
        """Somebody began to speak."""
        self._replies = 0

    def reply_began(self) -> None:
        """A reply was begun early."""
        self._replies += 1

    def due_in(self, pause: Pause | None) -> float | None:
        """Return after how many seconds more of silence to try; ``None``: not in this pause."""
        options = self._options
        if options is None or pause is None or pause.uncertain or pause.since == self._tried:
            return None
        if self._replies >= options.most_per_turn:
            return None
        return max(0.0, options.after_ms / 1000 - pause.seconds)

    def tries(self, pause: Pause) -> bool:
        """Return whether this is the moment to try, which it is once for a pause."""
        if self.due_in(pause) != 0.0:
            return False
        self._tried = pause.since
        return True
