"""How fast a client is listened to. Pure; time is an argument."""

from __future__ import annotations

from gradio_webrtc.concurrency.token_bucket import TokenBucket

MESSAGES_AT_ONCE = 1000
MESSAGES_PER_SECOND = 500
"""Clients send 10 to 50 a second, and one that sends every block of an audio worklet 375."""

SECONDS_AT_ONCE = 5.0
SECONDS_PER_SECOND = 4.0
"""Of audio: half of what may wait for a handler, and then four times as fast as one speaks."""

CHARACTERS_AT_ONCE = 2 * 1024 * 1024
CHARACTERS_PER_SECOND = 512 * 1024
"""Sixteen bits at 48 kHz take 125 KiB a second as base64."""


class Inflow:
    """Says how long to look away from a client that sends more than it may.

    Nothing is lost by that: what it goes on sending stays in its own buffers and the network's. For
    one message it is two seconds at most, so that a client that leaves is noticed.
    """

    def __init__(self) -> None:
        self._messages = TokenBucket(MESSAGES_AT_ONCE, MESSAGES_PER_SECOND)
        self._seconds = TokenBucket(SECONDS_AT_ONCE, SECONDS_PER_SECOND)
        self._characters = TokenBucket(CHARACTERS_AT_ONCE, CHARACTERS_PER_SECOND)

    def took(self, characters: int, seconds: float, now: float) -> float:
        """Count one message; return for how many seconds no other is read.

        Args:
            characters: its length.
            seconds: of audio that it held.
            now: the time in seconds.
        """
        return max(
            self._messages.spend(1, now),
            self._seconds.spend(seconds, now),
            self._characters.spend(characters, now),
        )
