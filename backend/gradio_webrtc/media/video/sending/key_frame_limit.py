"""How often key frames that a receiver asks for are made, on a network that is narrow. Pure.

A browser that waits for one asks every fifth of a second. Where it takes longer to get there, each
request would put one more in front of it.
"""

from __future__ import annotations

LEAST_SECONDS = 0.3
"""From one to the next; Chromium's encoder waits as long (``kMinKeyframeSendIntervalMs``)."""
TIMES = 2.0
"""At least so many times as long as its bits take at the bitrate that is aimed at: pictures between
have to get through as well, and so has what is lost of it."""


class KeyFrameLimit:
    """Puts requests off; none is forgotten."""

    def __init__(self) -> None:
        self._asked = False
        self._sent_at = float("-inf")
        self._bits = 0

    def due(self, asked: bool, bitrate: int | None, now: float) -> bool:
        """Return whether the next picture has to be a key frame.

        Args:
            asked: whether one was asked for since the last picture.
            bitrate: bits per second that are aimed at, ``None`` while nothing says that the network
                is narrow: then each request counts at once.
            now: monotonic seconds.
        """
        self._asked = self._asked or asked
        if not self._asked or bitrate is None:
            return self._asked
        pause = max(LEAST_SECONDS, TIMES * self._bits / bitrate)
        return now - self._sent_at >= pause

    def made(self, size: int, now: float) -> None:
        """A key frame of ``size`` bytes was made, for whatever reason."""
        self._asked = False
        self._sent_at = now
        self._bits = 8 * size
