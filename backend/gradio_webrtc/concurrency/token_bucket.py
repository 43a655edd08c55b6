"""A token bucket: how much of something may happen in a while. Pure; time is an argument."""

from __future__ import annotations


class TokenBucket:
    """Allows ``burst`` at once and ``rate`` a second for ever.

    Args:
        burst: the most that may happen at one moment; it starts full.
        rate: how much comes back each second.
    """

    def __init__(self, burst: float, rate: float) -> None:
        self._burst = burst
        self._rate = rate
        self._tokens = burst
        self._at: float | None = None

    def take(self, amount: float, now: float) -> bool:
        """Return whether ``amount`` may happen at ``now``, in seconds, and count it if so."""
        self._refill(now)
        if amount > self._tokens:
            return False
        self._tokens -= amount
        return True

    def spend(self, amount: float, now: float) -> float:
        """Count ``amount``, which has happened; return after how many seconds nothing is owed."""
        self._refill(now)
        self._tokens -= amount
        return max(0.0, -self._tokens / self._rate)

    def _refill(self, now: float) -> None:
        if self._at is not None and now > self._at:
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
