"""What a connection plays: emitted audio, queued and paced, whatever wire carries it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from gradio_webrtc.concurrency.wakeup import Wakeup
from gradio_webrtc.media.audio.pacer import Frame
from gradio_webrtc.media.audio.pcm import Pcm
from gradio_webrtc.media.audio.playout_buffer import PlayoutBuffer
from gradio_webrtc.media.emitted_media import EmittedAudio
from gradio_webrtc.media.lip_sync import SourceClock

GAP_SECONDS = 0.005
"""Audio that says to begin this much later than where the audio before it ended is kept waiting;
less is what a file's rounded times are off by."""

PIECE_SECONDS = 0.1
"""Long chunks are converted in pieces of this length, so that none holds up the event loop."""


class OutgoingAudio:
    """Plays chunks of any rate, type and length as one continuous stream of 20 ms frames.

    Whoever emits calls ``play``, the wire asks for ``next_frame``, and whoever takes turns has it
    as a ``handlers.protocol.PlaybackControl``. All of it belongs to the event loop it was made on,
    except ``clear``, ``hold``, ``release``, ``played_s`` and ``queued_s``, for any thread.

    Args:
        sample_rate: of the frames, in Hz.
        max_channels: 1, or 2 where the wire can carry stereo.
        clock: of the source, shared with the frames of video that go with this audio.
        sent: called with each 20 ms as they go out, for recordings.
    """

    def __init__(
        self,
        sample_rate: int = 48_000,
        max_channels: int = 2,
        clock: SourceClock | None = None,
        sent: Callable[[Pcm], None] | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._rate = sample_rate
        self._clock = clock or SourceClock()
        self._buffer = PlayoutBuffer(sample_rate, max_channels, clock=self._clock)
        self._pacer = self._buffer.pacer
        self._pushed = Wakeup()
        self._taken = Wakeup()
        self._clears = 0
        self._before_clear: list[Callable[[], None]] = []
        self._stopped = False
        self._sent = sent

    # -- for whoever emits ---------------------------------------------------------------------

    async def play(self, audio: EmittedAudio) -> None:
        """Queue one emitted chunk; waits while enough is queued.

        When it is cleared in the meantime, the rest of the chunk is dropped.

        Raises:
            MediaFormatError: values that are no audio.
        """
        clears, time, left = self._clears, audio.time, audio.duration
        if time is not None and time > self._buffer.times.end + GAP_SECONDS:
            await self._wait_for(time, clears)
        for piece in audio.pieces(PIECE_SECONDS):
            while self._pacer.room <= 0 and not self._stopped:
                await self._taken.wait()
            if clears != self._clears:
                self._buffer.times.skip(left)
                return
            changes = not self._pacer.whole
            self._buffer.play(piece, time)
            time, left = None, left - piece.duration
            if changes:
                self._pushed.set()

    async def _wait_for(self, time: float, clears: int) -> None:
        """Let what is queued be heard, and silence after it until the source is at ``time``."""
        await self._until_idle()
        while not self._stopped and clears == self._clears:
            position = self._clock.position(self._loop.time())
            if position is None or time - position <= GAP_SECONDS:
                return
            await self._taken.wait(time - position)

    # -- for whoever takes turns ---------------------------------------------------------------

    def clear(self) -> None:
        """Drop what is queued and not played yet, in the next turn of the loop. Any thread."""
        self._in_turn(self._clear)

    def hold(self) -> None:
        """Fall silent and keep what is queued; ``play`` waits when that is enough. Idempotent."""
        self._in_turn(self._pacer.hold)

    def release(self) -> None:
        """Go on where ``hold`` stopped. Idempotent."""
        self._in_turn(self._pacer.release)

    def before_clear(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` on the loop before each clearing: it drops what is on its way here."""
        self._before_clear.append(callback)

    def allow_backlog(self, seconds: float) -> None:
        """Let in so many seconds more for a while. On the event loop only."""
        self._pacer.standing.allow(seconds)
        self._taken.set()

    async def drain(self) -> None:
        """Wait until everything queued has gone onto the wire."""
        await asyncio.sleep(0)  # what was asked for before is carried out first
        await self._until_idle()

    async def until_played(self, seconds: float) -> None:
        """Wait until ``played_s`` is above ``seconds``, or until it has been stopped."""
        while self.played_s <= seconds and not self._stopped:
            await self._taken.wait()

    @property
    def played_s(self) -> float:
        """Seconds of what was emitted that went onto the wire so far. Any thread."""
        return self._pacer.played_samples / self._rate

    @property
    def queued_s(self) -> float:
        """Seconds that wait to go out. Any thread."""
        return self._pacer.buffered

    # -- for the wire --------------------------------------------------------------------------

    async def next_frame(self) -> Frame | None:
        """Return the next 20 ms when they are due; ``None`` when it has been stopped."""
        while not self._stopped:
            step = self._buffer.next(self._loop.time())
            if isinstance(step, Frame):
                self._taken.set()
                if self._sent is not None:
                    self._sent(Pcm(self._rate, step.samples))
                return step
            await self._pushed.wait(step.seconds)
        return None

    def stop(self) -> None:
        """Let everybody go who waits here. Idempotent."""
        self._stopped = True
        self._pushed.set()
        self._taken.set()

    # -- inside --------------------------------------------------------------------------------

    async def _until_idle(self) -> None:
        while not self._pacer.idle and not self._stopped:
            await self._taken.wait()

    def _clear(self) -> None:
        for callback in self._before_clear:
            callback()
        self._clears += 1
        self._buffer.clear()
        self._taken.set()

    def _in_turn(self, action: Callable[[], None]) -> None:
        # RuntimeError: the loop is closed, and with it whatever this was for.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._act, action)

    def _act(self, action: Callable[[], None]) -> None:
        action()
        self._pushed.set()
