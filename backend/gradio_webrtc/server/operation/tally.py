"""What is counted of one stream's sessions: whole numbers, added where something happens.

Who wants a table of them reads them, and nobody has to. Two streams share nothing.
"""

from __future__ import annotations

from collections import Counter

from gradio_webrtc.session.session import Session

MAX_CODES = 64
"""Codes of errors that are told apart; there are some thirty."""


class Tally:
    """Counts since the start of the process. Belongs to the stream's event loop.

    Attributes:
        started: sessions that were opened.
        ended: sessions that have ended, by the reason.
        dropped: what those that have ended had dropped, by its kind; see ``Losses``.
        errors: answers that were refusals or failures, by their code.
    """

    def __init__(self) -> None:
        self.started = 0
        self.ended: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()

    def session_started(self, session: Session) -> None:
        """Count ``session``, and its end when it comes."""
        self.started += 1
        session.on_closed_callbacks.append(self._session_ended)

    def _session_ended(self, session: Session) -> None:
        if session.ending is not None:
            self.ended[session.ending.reason.value] += 1
        self.dropped.update(session.losses.by_kind())

    def error(self, code: str) -> None:
        """Count one answer with this code."""
        if code in self.errors or len(self.errors) < MAX_CODES:
            self.errors[code] += 1
