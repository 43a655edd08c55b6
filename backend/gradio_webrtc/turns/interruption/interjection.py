"""What is said into one reply: when its words are wanted, and whether it interrupts. Pure."""

from __future__ import annotations

import math

QUIET_S = 0.12
"""A pause after which what was said is recognised: "stop" is to end a reply before the turn ends.
Stops within words are shorter, and nothing is lost if more follows."""
MORE_S = 0.35
"""How much more speech than was recognised needs new words, about one word."""
PATIENCE_S = 0.4
"""How much longer somebody may speak than would interrupt while the words are being recognised."""
_NEW_S = 0.05


class Interjection:
    """Decides by words where they are known, and by seconds of speech. Not thread-safe.

    Args:
        needed_s: seconds of speech from which it is an interruption.
        understands: whether words are recognised at all.
    """

    def __init__(self, needed_s: float, *, understands: bool) -> None:
        self._needed = needed_s
        self._understands = understands
        self._asked: float | None = None
        """Seconds of speech of which the words are being recognised."""
        self._heard = 0.0
        """Seconds of speech of which they are known."""
        self._ends: bool | None = None

    def wants_words(self, speech_s: float, quiet_s: float) -> bool:
        """Return whether what was said so far is to be recognised now; then call ``asked``.

        Args:
            speech_s: seconds of speech in it; infinite where that is no matter of seconds.
            quiet_s: for how long nobody has spoken.
        """
        if not self._understands or self._asked is not None or math.isinf(speech_s):
            return False
        if speech_s < self._heard + _NEW_S:
            return False
        enough = self._heard < self._needed or speech_s >= self._heard + MORE_S
        return quiet_s >= QUIET_S or (speech_s >= self._needed and enough)

    def asked(self, speech_s: float) -> None:
        """So many seconds of speech are being recognised."""
        self._asked = speech_s

    def understood(self, ends: bool | None) -> None:
        """Their words end the reply, let it go on, or do not say (``None``)."""
        self._heard, self._asked = self._asked or 0.0, None
        self._ends = ends

    def interrupts(self, speech_s: float, *, over: bool = False) -> bool:
        """Return whether it is an interruption by now.

        Args:
            speech_s: seconds of speech in it.
            over: whether no more will follow.
        """
        if self._ends:
            return True
        if speech_s < self._needed:
            return False
        if not self._understands:
            return True
        if self._ends is False and speech_s < self._heard + MORE_S:
            return False
        if self._asked is None or over:
            return True
        return speech_s >= max(self._asked, self._needed) + PATIENCE_S
