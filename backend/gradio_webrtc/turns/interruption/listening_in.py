"""Recognises what somebody says into a reply, while the reply is held."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context

from gradio_webrtc.concurrency.waiting import cancel_and_wait
from gradio_webrtc.handlers.invoke import call
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.speech.recognition.stt import STTModel
from gradio_webrtc.turns.interruption.interjection import Interjection
from gradio_webrtc.turns.options import JudgeInterruption
from gradio_webrtc.turns.transcription.recogniser import Recogniser
from gradio_webrtc.turns.turn_listener import TurnListener

logger = logging.getLogger(__name__)

LEAST_CONFIDENCE = 0.55
"""Of a recogniser that tells how sure it is. Of 300 interjections (``bench/interruptions``) by
Piper and espeak-ng, 165 were recognised as words that decide, one of them wrongly, at 0.40; two of
the others were below this. What was made of "oui" and "para" in English was at 0.50 and 0.38."""


class ListeningIn:
    """One connection's. Belongs to the event loop; the recogniser has a thread of its own.

    One that fails or hangs is logged once, and seconds of speech decide.

    Args:
        stt: recognises.
        judge: says what the words mean: whether they end the reply, or ``None``.
        rate: of the audio, in Hz.
        context: context variables the author's function runs with.
    """

    def __init__(
        self, stt: STTModel | str, judge: JudgeInterruption, rate: int, context: Context
    ) -> None:
        self._judge = judge
        self._rate = rate
        self._context = context
        self._recogniser = Recogniser(
            stt,
            "interruptions",
            "how long somebody speaks decides about them",
            LEAST_CONFIDENCE,
        )
        self._recogniser.prepare(context.copy())
        self._asking: asyncio.Task[None] | None = None
        self._complained = False

    def heard(
        self,
        interjection: Interjection,
        listener: TurnListener,
        understood: Callable[[Interjection, bool | None], None],
    ) -> None:
        """Recognise what was said so far, if that is wanted now.

        Args:
            interjection: what is being said.
            listener: hears it.
            understood: is told what the words mean, later.
        """
        speech_s, pause = listener.speech_s, listener.pause_so_far()
        quiet_s = 0.0 if pause is None else pause.seconds
        if not interjection.wants_words(speech_s, quiet_s):
            return
        if self._asking is not None and not self._asking.done():
            return  # about an earlier one
        interjection.asked(speech_s)
        ask = self._ask(interjection, listener.turn_so_far(), understood)
        self._asking = self._context.run(asyncio.ensure_future, ask)

    async def aclose(self) -> None:
        """Stop asking, and free the thread. Idempotent."""
        if self._asking is not None:
            await cancel_and_wait(self._asking)
        await self._recogniser.aclose()

    async def _ask(
        self,
        interjection: Interjection,
        samples: Int16Array,
        understood: Callable[[Interjection, bool | None], None],
    ) -> None:
        text = await self._recogniser.text_of(self._rate, samples)
        ends = None
        if text:
            ends = await self._judged(text)
            logger.debug("said into a reply: %r, ends it: %s", text, ends)
        understood(interjection, ends)

    async def _judged(self, text: str) -> bool | None:
        try:
            ends = await call(self._judge, text, worker=self._recogniser.worker)
        except Exception as error:
            if not self._complained:
                self._complained = True
                logger.exception(
                    "interruptions: the function that judges words failed; how long somebody "
                    "speaks decides. Said once for this connection.",
                    exc_info=error,
                )
            return None
        return None if ends is None else bool(ends)
