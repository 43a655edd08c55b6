"""Giving transcripts to a function of the author's."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.errors import ConfigurationError
from gradio_webrtc.handlers.emitted import AdditionalOutputs, split_emitted
from gradio_webrtc.handlers.invoke import call, iterate
from gradio_webrtc.turns.transcription.options import OnTranscript
from gradio_webrtc.turns.transcription.transcript import Transcript

logger = logging.getLogger(__name__)


class TranscriptReceiver:
    """Calls the function; what goes wrong in it is logged once, and the conversation goes on.

    Args:
        to: the function.
        worker: runs it if it is sync.
        put_outputs: takes what it has for the page; on the event loop.
    """

    def __init__(
        self, to: OnTranscript, worker: Worker, put_outputs: Callable[[AdditionalOutputs], None]
    ) -> None:
        self._to = to
        self._worker = worker
        self._put_outputs = put_outputs
        self._complained = False

    async def take(self, said: Transcript) -> None:
        """Call it, and deliver all that it returns or yields."""
        try:
            result = await call(self._to, said, worker=self._worker)
            if not isinstance(result, Iterator | AsyncIterator):
                self._deliver(result)
                return
            steps = iterate(result, self._worker)
            try:
                async for value in steps:
                    self._deliver(value)
            finally:
                steps.close_soon()
        except Exception as error:
            if not self._complained:
                self._complained = True
                logger.exception(
                    "partial transcripts: the function that takes them failed; the conversation "
                    "goes on. Said once for this connection.",
                    exc_info=error,
                )

    def _deliver(self, value: object) -> None:
        if value is None:
            return
        parts = split_emitted(value)
        if parts.outputs is None or parts.media is not None or parts.close is not None:
            raise ConfigurationError(
                "A function that takes transcripts may return or yield AdditionalOutputs, not "
                f"{value!r}: what is to be played belongs to the reply."
            )
        self._put_outputs(parts.outputs)
