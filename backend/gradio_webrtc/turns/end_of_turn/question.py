"""Asking a ``TurnDetector`` whether somebody has finished, with silence as the fallback."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector

logger = logging.getLogger(__name__)


class EndOfTurnQuestion:
    """One connection's questions to a turn detector. Use it from one task at a time.

    A sync detector runs on a thread of the connection's own, an async one in a task. One that takes
    too long, raises or says nothing usable decides nothing: the pause is then the end of the turn,
    as it is without a detector. That is logged once.

    Args:
        detector: the author's.
        threshold: from which likelihood somebody has finished, 0 to 1.
        deadline_s: how long it may think.
    """

    def __init__(self, detector: TurnDetector, threshold: float, deadline_s: float) -> None:
        self._detector = detector
        self._threshold = threshold
        self._deadline = deadline_s
        self._worker = Worker(f"{type(detector).__name__}.finished")
        self._asked: asyncio.Future[Any] | None = None
        self._complained = False

    async def finished(self, sample_rate: int, utterance: Int16Array) -> bool:
        """Return whether whoever said ``utterance`` has finished.

        Args:
            sample_rate: in Hz.
            utterance: int16, shape ``(channels, samples)``.
        """
        if self._asked is not None and not self._asked.done():
            return self._gives_up("is still busy with an earlier pause")
        mono = utterance
        if utterance.shape[0] > 1:
            mono = utterance.mean(axis=0, keepdims=True).astype(utterance.dtype)
        asked = call(self._detector.finished, (sample_rate, mono), worker=self._worker)
        self._asked = asyncio.ensure_future(asked)
        done, _ = await asyncio.wait({self._asked}, timeout=self._deadline)
        if not done:
            self._asked.add_done_callback(_let_go)
            return self._gives_up(f"took longer than turn_deadline_s, {self._deadline:g} s")
        if (failure := failure_of(self._asked, self._detector.finished)) is not None:
            return self._gives_up("failed", failure)
        try:
            likely = float(self._asked.result())
        except Exception as error:  # noqa: BLE001 - author's code; a pause ends the turn as well
            return self._gives_up("failed", error)
        if not 0 <= likely <= 1:
            return self._gives_up(f"returned {likely!r} instead of a number from 0 to 1")
        return likely >= self._threshold

    async def aclose(self) -> None:
        """Stop asking and end the thread. Idempotent."""
        if self._asked is not None:
            await cancel_and_wait(self._asked)
        await self._worker.aclose()

    def _gives_up(self, why: str, error: BaseException | None = None) -> bool:
        if not self._complained:
            self._complained = True
            logger.warning(
                "%s %s; the turn ends by silence. Said once for this connection.",
                type(self._detector).__name__,
                why,
                exc_info=error,
            )
        return True


def _let_go(late: asyncio.Future[Any]) -> None:
    """Take the answer nobody waits for any more."""
    if not late.cancelled() and (error := late.exception()) is not None:
        logger.debug("A turn detector failed after its deadline", exc_info=error)
