"""Asking a ``TurnDetector`` whether somebody has finished, with silence as the fallback."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.handlers.invoke import call, is_async
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector

logger = logging.getLogger(__name__)


class EndOfTurnQuestion:
    """One connection's questions to a turn detector. Use it from one task at a time.

    A sync detector runs on a thread of the connection's own, an async one in a task. One that takes
    too long, raises or says nothing usable decides nothing: silence ends the turn then, as it does
    without a detector. That is logged once.

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
        self._overdue = False
        """Whether the last question was given up, and not only forgotten for the next one."""
        self._complained = False

    def prepare(self) -> None:
        """Let a sync detector that has ``load`` do it now, so that the first pause waits less."""
        load = getattr(self._detector, "load", None)
        if callable(load) and not is_async(load):
            self._worker.submit(copy_context(), partial(_load, load))

    async def finished(self, sample_rate: int, utterance: Int16Array) -> bool | None:
        """Return whether whoever said ``utterance`` has finished; ``None``: silence decides.

        May be cancelled when the answer is not wanted any more; the next question waits for that
        one.

        Args:
            sample_rate: in Hz.
            utterance: int16, shape ``(channels, samples)``.
        """
        if not await self._free():
            self._gives_up("is still busy with an earlier pause")
            return None
        mono = utterance
        if utterance.shape[0] > 1:
            mono = utterance.mean(axis=0, keepdims=True).astype(utterance.dtype)
        answer = call(self._detector.finished, (sample_rate, mono), worker=self._worker)
        self._asked = asked = asyncio.ensure_future(answer)
        done, _ = await asyncio.wait({asked}, timeout=self._deadline)
        if not done:
            self._overdue = True
            asked.add_done_callback(_let_go)
            self._gives_up(f"took longer than turn_deadline_s, {self._deadline:g} s")
            return None
        if (failure := failure_of(asked, self._detector.finished)) is not None:
            self._gives_up("failed", failure)
            return None
        return self._decided(asked.result())

    def _decided(self, answer: Any) -> bool | None:
        if answer is None:
            return None
        try:
            likely = float(answer)
        except Exception as error:  # noqa: BLE001 - author's code; a pause ends the turn as well
            self._gives_up("failed", error)
            return None
        if not 0 <= likely <= 1:
            self._gives_up(f"returned {likely!r} instead of a number from 0 to 1")
            return None
        return likely >= self._threshold

    async def _free(self) -> bool:
        """Wait for a question whose answer nobody wants any more, unless it was given up."""
        if self._asked is None:
            return True
        if not self._asked.done():
            if self._overdue:
                return False
            await asyncio.wait({self._asked}, timeout=self._deadline)
        if not self._asked.done():
            return False
        self._overdue = False
        _let_go(self._asked)
        return True

    async def aclose(self) -> None:
        """Stop asking and end the thread. Idempotent."""
        if self._asked is not None:
            await cancel_and_wait(self._asked)
        await self._worker.aclose()

    def _gives_up(self, why: str, error: BaseException | None = None) -> None:
        if not self._complained:
            self._complained = True
            logger.warning(
                "%s %s; the turn ends by silence. Said once for this connection.",
                type(self._detector).__name__,
                why,
                exc_info=error,
            )


def _load(load: Callable[[], Any]) -> None:
    """What it raises, the first question raises again, and that is told."""
    try:
        load()
    except Exception as error:
        logger.debug("A turn detector could not be loaded", exc_info=error)


def _let_go(late: asyncio.Future[Any]) -> None:
    """Take the answer nobody waits for any more."""
    if not late.cancelled() and (error := late.exception()) is not None:
        logger.debug("A turn detector failed after its deadline", exc_info=error)
