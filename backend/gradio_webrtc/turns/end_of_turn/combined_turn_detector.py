"""Several turn detectors that have to agree that somebody has finished."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.invoke import is_async
from gradio_webrtc.turns.end_of_turn.turn_detector import TurnDetector

logger = logging.getLogger(__name__)


class CombinedTurnDetector:
    """A :class:`TurnDetector` that takes a turn for unfinished when either of several does.

    They are asked one after the other, on one thread, within ``turn_deadline_s`` together. One that
    raises or cannot tell does not count, which is logged once; if none is left, nor can this one.
    """

    def __init__(self, *detectors: TurnDetector) -> None:
        """Ask ``detectors``.

        Raises:
            ConfigurationError: there are none, or one is no detector or has an async ``finished``.
        """
        if not detectors:
            raise ConfigurationError("CombinedTurnDetector() needs one detector or more.")
        for one in detectors:
            if not isinstance(one, TurnDetector) or is_async(one.finished):
                raise ConfigurationError(
                    f"Expected detectors whose finished(utterance) is no coroutine; got {one!r}."
                )
        self._detectors = detectors
        self._failed: set[int] = set()

    def load(self) -> None:
        """Load what the detectors load.

        Raises:
            Exception: whatever one of them raises, after the others were loaded.
        """
        failure: Exception | None = None
        for one in self._detectors:
            loads = getattr(one, "load", None)
            try:
                if callable(loads):
                    loads()
            except Exception as error:  # noqa: BLE001 - raised below
                failure = error
        if failure is not None:
            raise failure

    def finished(self, utterance: tuple[int, NDArray[np.int16]]) -> float | None:
        """Return the least of the detectors' likelihoods; ``None``: none of them can tell.

        Args:
            utterance: as a ``TurnDetector`` takes it.
        """
        answers = [self._ask(index, utterance) for index in range(len(self._detectors))]
        told = [answer for answer in answers if answer is not None]
        return min(told) if told else None

    def _ask(self, index: int, utterance: tuple[int, NDArray[np.int16]]) -> float | None:
        detector = self._detectors[index]
        try:
            answer = detector.finished(utterance)
            if answer is not None and not 0 <= answer <= 1:
                raise ValueError(f"returned {answer!r} instead of a number from 0 to 1")
        except Exception as error:
            if index not in self._failed:
                self._failed.add(index)
                logger.warning(
                    "%s failed; the others decide. Said once.",
                    type(detector).__name__,
                    exc_info=error,
                )
            return None
        return None if answer is None else float(answer)
