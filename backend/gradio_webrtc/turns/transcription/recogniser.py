"""One connection's recogniser: one utterance after another, off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context
from typing import Any

from gradio_webrtc.concurrency.user_errors import failure_of
from gradio_webrtc.concurrency.waiting import note_failure
from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition.stt import STTModel, TellsConfidence
from gradio_webrtc.speech.registry import get_stt_model

logger = logging.getLogger(__name__)

LATE_S = 10.0
"""After which a recogniser is said to hang."""


class Recogniser:
    """Recognises for one connection. What goes wrong is logged once, and nothing is said then.

    Args:
        stt: a model, or the name of one for ``get_stt_model``; ``None``: the best installed. Its
            ``stt`` may be ``async def``.
        purpose: what it recognises for: the thread's name, and how the log begins.
        consequence: what becomes of it when it fails, for the log.
        least_confidence: of a model that tells how sure it is of its words, from 0 to 1: below it
            nothing was said.

    Attributes:
        worker: runs it, and is free between two utterances.
    """

    def __init__(
        self,
        stt: STTModel | str | None,
        purpose: str,
        consequence: str,
        least_confidence: float = 0.0,
    ) -> None:
        self.worker = Worker(purpose)
        self._stt = stt
        self._purpose = purpose
        self._consequence = consequence
        self._least_confidence = least_confidence
        self._model: STTModel | None = None
        self._complained = False

    def prepare(self, context: Context) -> None:
        """Load the model now, so that the first words come sooner."""
        model = self._stt
        if model is None or isinstance(model, str):
            self.worker.submit(context, self._prepare, self._get)
        elif callable(load := getattr(model, "load", None)):
            self.worker.submit(context, self._prepare, load)

    async def text_of(self, rate: int, samples: Int16Array) -> str | None:
        """Return what is said; ``None``: the recogniser failed.

        One that takes very long is logged, and still waited for: nothing else can run meanwhile.

        Args:
            rate: in Hz.
            samples: int16, shape ``(channels, samples)``.
        """
        asked = asyncio.ensure_future(self._recognise(rate, samples))
        asked.add_done_callback(note_failure)
        try:
            done, _ = await asyncio.wait({asked}, timeout=LATE_S)
            if not done:
                self._complain(f"took longer than {LATE_S:g} s")
                await asyncio.wait({asked})
        finally:
            asked.cancel()
        if (failure := failure_of(asked, f"{self._purpose}: stt")) is not None:
            self._complain("failed", failure)
            return None
        return asked.result()

    async def aclose(self) -> None:
        """Free the thread. Idempotent."""
        await self.worker.aclose()

    async def _recognise(self, rate: int, samples: Int16Array) -> str:
        if self._model is None:
            named = self._stt is None or isinstance(self._stt, str)
            self._model = await self.worker.call(self._get) if named else self._get()
        if self._least_confidence and isinstance(self._model, TellsConfidence):
            found = await call(self._model.recognised, (rate, samples), worker=self.worker)
            return found.text.strip() if found.confidence >= self._least_confidence else ""
        text = await call(self._model.stt, (rate, samples), worker=self.worker)
        if not isinstance(text, str):
            raise ConfigurationError(f"stt(audio) must return a text, not {text!r}.")
        return text.strip()

    def _get(self) -> STTModel:
        stt = self._stt
        return get_stt_model(stt) if stt is None or isinstance(stt, str) else stt

    def _prepare(self, load: Callable[[], Any]) -> None:
        """What it raises, the first recognition raises again, and that is told."""
        try:
            load()
        except Exception as error:
            logger.debug("%s: the recogniser could not be loaded", self._purpose, exc_info=error)

    def _complain(self, why: str, error: BaseException | None = None) -> None:
        if not self._complained:
            self._complained = True
            logger.warning(
                "%s: the recogniser %s; %s. Said once for this connection.",
                self._purpose,
                why,
                self._consequence,
                exc_info=error,
            )
