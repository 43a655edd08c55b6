"""The spotter of one connection, at work off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextvars import copy_context

from gradio_webrtc.concurrency.worker import Worker
from gradio_webrtc.media.audio.pcm import Int16Array, Pcm
from gradio_webrtc.media.audio.resampler import StreamResampler
from gradio_webrtc.speech.keywords.spotter import (
    SPOTTER_RATE,
    KeywordModel,
    KeywordSpotter,
    Spotted,
)

logger = logging.getLogger(__name__)

FINISH_S = 5.0
"""How long a turn that is over waits for the spotter. Half of what a session lets audio wait."""


class SpotterWorker:
    """Runs one connection's spotter on a thread of its own, over the audio of a turn.

    Args:
        model: makes the spotter, with the first turn.
        stop_words: what it listens for.
        rate: of the audio it is given, in Hz.

    Attributes:
        rate: the same.
    """

    def __init__(self, model: KeywordModel, stop_words: Sequence[str], rate: int) -> None:
        self._model = model
        self._stop_words = stop_words
        self.rate = rate
        self._worker = Worker("stop words")
        self._spotter: KeywordSpotter | None = None
        self._resampler = StreamResampler(SPOTTER_RATE, 1)
        self._job: asyncio.Future[Spotted | None] | None = None
        self._turn = 0
        """Of what it is given; work on an earlier one is not done any more."""
        self._complained = False

    @property
    def busy(self) -> bool:
        """Whether it still works on what it was given."""
        return self._job is not None and not self._job.done()

    def begin(self) -> None:
        """A turn begins; what was not yet worked on is dropped."""
        self._turn += 1
        self._job = self._worker.submit(copy_context(), self._begin, self._turn)

    def feed(self, samples: Int16Array) -> None:
        """Give it the next audio, int16 ``(channels, n)``; not while it is ``busy``."""
        self._job = self._submit(samples, last=False)

    def skip(self) -> None:
        """It is too far behind: begin anew with the audio that is given next."""
        self._complain("is slower than speech; some of it is not listened to")
        self.begin()

    def found(self) -> Spotted | None:
        """Return what was heard in what it was given, once it is no longer ``busy``.

        Raises:
            Exception: whatever the spotter raised.
        """
        if self._job is None or not self._job.done():
            return None
        job, self._job = self._job, None
        return job.result()

    async def finish(self, samples: Int16Array) -> Spotted | None:
        """Give it the last audio of the turn and wait for what it says, ``FINISH_S`` at most.

        Raises:
            Exception: whatever the spotter raised.
        """
        deadline = asyncio.get_running_loop().time() + FINISH_S
        job, self._job = self._job, None
        if job is None or (await self._done(job, deadline) and job.result() is None):
            job = self._submit(samples, last=True)
            await self._done(job, deadline)
        if job.done():
            return job.result()
        self._turn += 1
        job.cancel()
        self._complain(f"took longer than {FINISH_S:g} s at the end of a turn")
        return None

    async def aclose(self) -> None:
        """Give the spotter back and end the thread. Idempotent."""
        if not self._worker.closing and self._worker.started:
            self._worker.submit(copy_context(), self._close)
        await self._worker.aclose()

    def _submit(self, samples: Int16Array, *, last: bool) -> asyncio.Future[Spotted | None]:
        return self._worker.submit(copy_context(), self._hear, samples, last, self._turn)

    async def _done(self, job: asyncio.Future[Spotted | None], deadline: float) -> bool:
        await asyncio.wait({job}, timeout=deadline - asyncio.get_running_loop().time())
        return job.done()

    def _complain(self, why: str) -> None:
        if not self._complained:
            self._complained = True
            logger.warning(
                "The spotter of stop words %s. A smaller model, or fewer connections, would do. "
                "Said once for this connection.",
                why,
            )

    def _begin(self, turn: int) -> None:
        if turn != self._turn:
            return
        if self._spotter is None:
            self._spotter = self._model.spotter(self._stop_words)
        self._resampler.reset()
        self._spotter.begin()

    def _hear(self, samples: Int16Array, last: bool, turn: int) -> Spotted | None:
        if turn != self._turn:
            return None
        assert self._spotter is not None
        resampled = self._resampler.push(Pcm(self.rate, samples))[0]
        found = self._spotter.hear(resampled) if resampled.size else None
        return self._spotter.finish() if last and found is None else found

    def _close(self) -> None:
        spotter, self._spotter = self._spotter, None
        if spotter is not None:
            spotter.close()
