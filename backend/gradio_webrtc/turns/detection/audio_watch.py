"""Time that passes without audio, for what goes by the audio: pauses, waiting and falling asleep.

A microphone that is switched off, a network that is gone: then no packet comes that could be a
pause. One timer stands in for them, and only while something waits for silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from gradio_webrtc.turns.detection.audio_clock import AudioClock

STEP_S = 0.1
"""While something waits for silence it comes in pieces, since what happens may change the rest."""
MOST_S = 15.0
"""Nothing that was heard is remembered for longer; more silence than that makes no difference."""


async def pass_silence(
    seconds: float, left: Callable[[], float | None], absent: Callable[[float], Awaitable[None]]
) -> None:
    """Call ``absent`` with pieces of ``seconds``, small ones while ``left`` is not ``None``."""
    while seconds > 0:
        if left() is None:
            await absent(min(seconds, MOST_S))
            return
        step = min(seconds, STEP_S)
        await absent(step)
        seconds -= step


class AudioWatch:
    """Hands over the silence of audio that stopped. Belongs to the event loop.

    Args:
        left: returns after how many seconds of silence something happens, ``None`` while nothing
            waits for silence.
        absent: awaited with the seconds that no audio came; never while audio is taken.
        failed: called with what ``absent`` raised.
    """

    def __init__(
        self,
        left: Callable[[], float | None],
        absent: Callable[[float], Awaitable[None]],
        failed: Callable[[Exception], None],
    ) -> None:
        self._left = left
        self._absent = absent
        self._failed = failed
        self._clock = AudioClock()
        self._lock = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._filling: asyncio.Task[None] | None = None
        self._closed = False

    @asynccontextmanager
    async def taking(self, seconds: float) -> AsyncIterator[None]:
        """Take audio of this length within it, and nothing else takes any meanwhile.

        Audio that comes back after a gap of which nobody was told is preceded by its silence, so
        that it does not continue what was said before.
        """
        async with self._lock:
            loop = asyncio.get_running_loop()
            missing = self._clock.returned(loop.time(), seconds)
            if missing and self._left() is None:
                await self._absent(missing)
            try:
                yield
            finally:
                self._clock.taken(loop.time())
        self._arm()

    async def aclose(self) -> None:
        """End the timer. Idempotent."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._filling is not None and not self._filling.done():
            self._filling.cancel()
            await asyncio.wait({self._filling})

    def _arm(self) -> None:
        """Set the timer, if something waits. It is moved on when it fires, not with each packet."""
        left = None if self._closed else self._left()
        due = None if left is None else self._clock.due(left)
        if due is None:
            return
        if self._timer is not None:
            if self._timer.when() <= due:
                return
            self._timer.cancel()
        self._set(due)

    def _set(self, due: float) -> None:
        self._timer = asyncio.get_running_loop().call_at(due, self._fire, due)

    def _fire(self, due: float) -> None:
        self._timer = None
        left = self._left()
        if self._closed or self._lock.locked() or left is None:
            return  # audio that is being taken sets it again
        now = asyncio.get_running_loop().time()
        wanted = self._clock.due(left)
        if wanted is not None and wanted > due:
            self._arm()
        elif (again := self._clock.forgives(due, now)) is not None:
            self._set(again)
        else:
            self._filling = asyncio.ensure_future(self._fill(now))

    async def _fill(self, fired: float) -> None:
        try:
            async with self._lock:
                left = self._left()
                due = None if left is None else self._clock.due(left)
                if due is not None and due <= fired + 0.001:  # else audio came just now
                    await self._absent(self._clock.fill(asyncio.get_running_loop().time()))
        except Exception as error:  # noqa: BLE001 - whatever a detector or a function raised
            self._failed(error)
        else:
            self._arm()
