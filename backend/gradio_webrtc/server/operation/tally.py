"""What is counted of one stream's sessions: whole numbers, added where something happens.

Who wants a table of them reads them, and nobody has to. Two streams share nothing.
"""

from __future__ import annotations

from collections import Counter

from gradio_webrtc.server.operation.histogram import Histogram
from gradio_webrtc.session.session import Session
from gradio_webrtc.turns.timing.turn_feed import TURN_FEED
from gradio_webrtc.turns.timing.turn_timings import TurnTimings

STAGES = ("decided", "transcribed", "first_token", "first_audio", "first_heard")
"""Of a turn; ``TurnTimings`` says what they are."""

MAX_CODES = 64
"""Codes of errors that are told apart; there are some thirty."""


class Tally:
    """Counts since the start of the process. Belongs to the stream's event loop.

    Attributes:
        started: sessions that were opened.
        ended: sessions that have ended, by the reason.
        dropped: what those that have ended had dropped, by its kind; see ``Losses``.
        errors: answers that were refusals or failures, by their code.
        turns: turns that are over and in which somebody spoke, by whether they were interrupted.
        latencies: seconds from the end of speech to each stage of its answer, see ``STAGES``.
    """

    def __init__(self) -> None:
        self.started = 0
        self.ended: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.turns: Counter[bool] = Counter()
        self.latencies = {stage: Histogram() for stage in STAGES}
        self._talking: Counter[str] = Counter()

    def session_started(self, session: Session) -> None:
        """Count ``session``, and its end when it comes."""
        self.started += 1
        self._talking[session.webrtc_id] += 1
        TURN_FEED.subscribe(self._turn_over)
        session.on_closed_callbacks.append(self._session_ended)

    def _session_ended(self, session: Session) -> None:
        if session.ending is not None:
            self.ended[session.ending.reason.value] += 1
        self.dropped.update(session.losses.by_kind())
        self._talking -= Counter({session.webrtc_id: 1})
        if not self._talking:
            TURN_FEED.unsubscribe(self._turn_over)  # which would keep this for ever

    def _turn_over(self, turn: TurnTimings) -> None:
        """Count a turn if it was one of these sessions'; the feed is that of the whole process."""
        if turn.webrtc_id not in self._talking or not turn.spoken:
            return
        self.turns[turn.interrupted] += 1
        for stage, histogram in self.latencies.items():
            seconds = getattr(turn, f"{stage}_s")
            if seconds is not None:
                histogram.add(seconds)

    def error(self, code: str) -> None:
        """Count one answer with this code."""
        if code in self.errors or len(self.errors) < MAX_CODES:
            self.errors[code] += 1
