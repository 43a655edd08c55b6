"""How long a turn that was judged unfinished waits for more speech. Pure."""

from __future__ import annotations

import math


class Patience:
    """Counts the pause in a turn that goes on although somebody paused. Not thread-safe.

    Args:
        longest_s: how long a turn that is judged unfinished waits.
        undecided_s: how long one waits that cannot be judged; 0: it has ended.
    """

    def __init__(self, longest_s: float, undecided_s: float) -> None:
        self._longest = longest_s
        self._undecided = undecided_s
        self._most = longest_s
        self._speech: float | None = None
        """Seconds of speech when it began to wait."""
        self._waited = 0.0

    @property
    def left_s(self) -> float:
        """How much longer it waits; infinite while it does not."""
        return math.inf if self._speech is None else self._most - self._waited

    def judged(self, finished: bool | None) -> bool:
        """Take what the turn detector said; return whether the turn has ended."""
        self._most = self._longest if finished is False else self._undecided
        return finished is True or not self._most

    def begin(self, speech_s: float) -> None:
        """The turn goes on, with so much speech in it so far."""
        self._speech, self._waited = speech_s, 0.0

    def stop(self) -> None:
        """Nothing is waited for any more."""
        self._speech = None

    def passes(self, seconds: float, speech_s: float) -> bool:
        """So much time passed, and so much speech is in the turn; return whether it has ended."""
        if self._speech is None:
            return False
        self._waited += seconds
        if speech_s <= self._speech and self._waited < self._most:
            return False
        over = speech_s <= self._speech
        self._speech = None
        return over
