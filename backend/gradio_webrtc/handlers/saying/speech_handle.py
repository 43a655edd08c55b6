"""What becomes of something that an app wants said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

from gradio_webrtc.errors import ConfigurationError

When = Literal["now", "next_silence", "unless_spoken"]
"""``"now"`` interrupts a reply that goes on; ``"next_silence"`` waits until nobody speaks and
nothing is replied; ``"unless_spoken"`` as well, and is dropped if the person speaks before."""

Outcome = Literal["played", "interrupted", "dropped"]
DropReason = Literal["spoken_first", "session_ended", "cancelled"]


@dataclass(frozen=True)
class SpeechResult:
    """What became of something that was to be said.

    Attributes:
        outcome: ``"played"`` to its end, ``"interrupted"``, or ``"dropped"`` before it began.
        heard_s: seconds of it that were played to the person.
        reason: why it was dropped: the person spoke first, the session ended, or it was cancelled.
    """

    outcome: Outcome
    heard_s: float = 0.0
    reason: DropReason | None = None


class SpeechHandle:
    """Tells what becomes of something that ``say()`` took. Any thread.

    ``await`` it in async code, or ask ``result()`` on a thread. It need not be kept.

    Args:
        cancel: drops it or ends it, from any thread.
    """

    def __init__(self, cancel: Callable[[SpeechHandle], None]) -> None:
        self._cancel = cancel
        self._future: Future[SpeechResult] = Future()

    @property
    def ended(self) -> bool:
        """Whether it has been played, interrupted or dropped."""
        return self._future.done()

    def result(self, timeout: float | None = None) -> SpeechResult:
        """Wait until it has been played, interrupted or dropped.

        Args:
            timeout: seconds to wait at most.

        Raises:
            TimeoutError: it is not over by then.
            ConfigurationError: called on an event loop, which would wait for itself.
            Exception: what the author's code or the voice raised.
        """
        if not self.ended and asyncio._get_running_loop() is not None:
            raise ConfigurationError(
                "result() would stop the event loop when called in async code: "
                "use `await handle` there."
            )
        try:
            return self._future.result(timeout)
        except asyncio.TimeoutError:
            # Before Python 3.11 it is another class.
            if self.ended:
                raise
            raise TimeoutError("What was to be said is not over yet.") from None

    def cancel(self) -> None:
        """Drop it, or interrupt it if it is being played. Does nothing when it is over."""
        if not self.ended:
            self._cancel(self)

    def __await__(self) -> Generator[object, None, SpeechResult]:
        # Shielded: one of several who wait may be cancelled.
        return asyncio.shield(asyncio.wrap_future(self._future)).__await__()

    def _settle(self, result: SpeechResult | Exception) -> None:
        """Note down how it went; the first time counts. On the session's event loop."""
        if self._future.done():
            return
        if isinstance(result, Exception):
            self._future.set_exception(result)
        else:
            self._future.set_result(result)
