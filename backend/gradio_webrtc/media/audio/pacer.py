"""Playing audio in real time: which 20 ms frame goes out when, under which timestamp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from gradio_webrtc.media.audio.framing import FADE_SECONDS, EdgeFader, Framer
from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.media.audio.process_stall import ProcessStall
from gradio_webrtc.media.audio.standing_queue import StandingQueue

FRAME_SECONDS = 0.02
LATE_SECONDS = 0.06
"""A frame later than this follows a silence; an earlier one only suffered from jitter."""
EARLY_SECONDS = 0.02
"""How long before its due time a whole frame may go out. A live source is passed on as it comes,
without a timer of its own for every frame; one that is ahead stays one frame ahead."""
HOLD_SECONDS = 0.02
"""How long the start of a frame waits beyond its due time for its remainder."""
_EPSILON = 1e-6

Drain: TypeAlias = Callable[[], Int16Array]


@dataclass(frozen=True)
class Frame:
    """Send this now.

    Attributes:
        samples: int16, shape ``(channels, frame)``, always 20 ms.
        pts: position of the first sample on the wire's clock, in samples; a multiple of the frame.
    """

    samples: Int16Array
    pts: int


@dataclass(frozen=True)
class Wait:
    """Nothing to send now: ask again after ``seconds`` or a push; ``None``: after a push only."""

    seconds: float | None

    def alarm(self, now: float) -> float | None:
        """Return when to ask again if nothing is pushed."""
        return None if self.seconds is None else now + self.seconds


class AudioPacer:
    """Turns a bounded buffer of samples into frames due every 20 ms. Pure; not thread-safe.

    - The first frame after a silence goes out at once, and its pts has moved on by the real time
      that passed, to the nearest frame on one clock that starts with the first frame ever, so
      that rounding never adds up.
    - Further frames are due every 20 ms after it. One that is less than 60 ms late goes out at
      once with the next pts, and what is due later stays due when it was: a source that arrives
      unevenly catches up and is not delayed for ever by its worst moment.
    - Less than a frame waits up to 20 ms beyond its due time for more, and is then filled up,
      fading to silence. A frame of silence ends every spurt, so that the browser conceals what
      does not come with silence and not with a drone.
    - A live source whose queue never empties has quiet frames skipped until it does; see
      :class:`~gradio_webrtc.media.audio.standing_queue.StandingQueue`. One that is slower than real
      time falls behind by 60 ms and then has a gap of that length.
    - ``hold`` falls silent like ``clear``, but keeps what waits; ``release`` goes on with it.

    Attributes:
        played_samples: samples of the source (per channel) that went out so far, no padding.
        skipped_samples: samples of the source dropped to shorten a standing queue.
        cleared_samples: samples of the source dropped by ``clear``.
        standing: decides what is let in and skipped.
    """

    def __init__(
        self,
        sample_rate: int = 48_000,
        channels: int = 1,
        capacity: float = 0.5,
        drain: Drain | None = None,
    ) -> None:
        """Play at ``sample_rate`` with ``channels``.

        Args:
            sample_rate: of the samples pushed, in Hz.
            channels: 1 or 2.
            capacity: seconds beyond which ``room`` is 0; a single push may exceed it.
            drain: called when the buffer has run dry, returns samples of shape ``(channels, n)``
                that an earlier stage still holds back.
        """
        self.sample_rate = sample_rate
        self.channels = channels
        self.played_samples = 0
        self.skipped_samples = 0
        self.cleared_samples = 0
        self._frame_samples = round(sample_rate * FRAME_SECONDS)
        self._framer = Framer(self._frame_samples, channels)
        self.standing = StandingQueue(capacity, FRAME_SECONDS)
        self._drain = drain
        self._origin: float | None = None
        self._next_pts = 0
        self._due: float | None = None
        self._partial_since: float | None = None
        self._ending = False
        self._dry = True
        self._fader = EdgeFader(channels, round(sample_rate * FADE_SECONDS))
        self._held = False
        self._hushing = False
        self._stall = ProcessStall()

    @property
    def buffered(self) -> float:
        """Seconds that wait to be played."""
        return len(self._framer) / self.sample_rate

    @property
    def room(self) -> float:
        """Seconds that may be pushed before the buffer is full; 0 when it is."""
        return max(0.0, self.standing.capacity - self.buffered)

    @property
    def idle(self) -> bool:
        """Nothing waits, and the last talk spurt has ended with its frame of silence."""
        return self._due is None and len(self._framer) == 0

    @property
    def whole(self) -> bool:
        """A whole frame waits, so that a push does not change when the next one goes out."""
        return len(self._framer) >= self._frame_samples

    @property
    def due(self) -> float | None:
        """When the next frame is due, on the clock of ``next``; None between talk spurts."""
        return self._due

    @property
    def taken(self) -> int:
        """Samples of the source that are past: played, skipped or cleared."""
        return self.played_samples + self.skipped_samples + self.cleared_samples

    @property
    def pushed(self) -> int:
        """Samples of the source that ever came."""
        return self.taken + len(self._framer)

    def push(self, samples: Int16Array) -> None:
        """Append int16 samples of shape ``(channels, n)`` at ``sample_rate``."""
        self._framer.push(samples)
        self._dry = False
        self.standing.pushed(samples.shape[1] / self.sample_rate, self.buffered)

    def clear(self) -> float:
        """Drop what waits, fading over 5 ms at the next frame; return the seconds dropped."""
        dropped = self.buffered
        self.cleared_samples += len(self._framer)
        if self._due is not None:
            self._fader.cut_off(self._framer.take(self._fader.fade_samples))
            self._ending = True
        self._hushing = False
        self._framer.clear()
        self._partial_since = None
        self.standing.restart()
        return dropped

    def hold(self) -> None:
        """Fall silent, fading over 5 ms at the next frame, and keep what waits. Idempotent.

        What is pushed meanwhile waits as well, so ``room`` runs out and ``idle`` stays false.
        """
        if self._held:
            return
        self._held = True
        self._partial_since = None
        if self._due is not None and not self._ending:
            # Heard twice, now and when it goes on: what faded away cannot be made out.
            self._fader.cut_off(self._framer.peek(self._fader.fade_samples))
            self._hushing = self._ending = True

    def release(self) -> None:
        """Go on where ``hold`` stopped, fading in; pts has moved on by real time. Idempotent."""
        self._held = False
        if self._hushing:  # nobody has heard the beginning of the silence yet
            self._fader.uncut()
            self._hushing = self._ending = False

    def set_channels(self, channels: int) -> None:
        """Go on with another channel count; what waits is remixed."""
        self.channels = channels
        self._framer.set_channels(channels)
        self._fader.set_channels(channels)

    def next(self, now: float) -> Frame | Wait:
        """Return the frame to send at monotonic time ``now`` in seconds, or how long to wait.

        Call it again after each frame: when several are late, they go out one after the other.
        """
        self._stall.asked(now)
        step = self._step(now)
        self._stall.promised = now if isinstance(step, Frame) else step.alarm(now)
        return step

    def _step(self, now: float) -> Frame | Wait:
        ready = 0 if self._held else len(self._framer)
        whole = ready >= self._frame_samples
        if whole:
            self._partial_since = None
        elif ready and self._partial_since is None:
            self._partial_since = now
        deadline = self._deadline(now, whole)
        if deadline is None:
            return Wait(None)
        if now < deadline - _EPSILON:
            return Wait(deadline - now)
        if not whole and not self._dry and not self._held:
            self._run_dry()
            return self._step(now)
        return self._send(now, ready)

    def _deadline(self, now: float, whole: bool) -> float | None:
        """When to act on what waits, if nothing more comes; ``whole``: it makes a frame."""
        if whole:
            return now if self._due is None else self._due - EARLY_SECONDS
        if self._partial_since is not None:
            since = self._partial_since
            return HOLD_SECONDS + (since if self._due is None else max(since, self._due))
        if self._due is None or self._ending:
            return self._due
        return self._due + self._stall.seconds + (LATE_SECONDS if self._dry else HOLD_SECONDS)

    def _run_dry(self) -> None:
        self._dry = True
        if self._drain is not None:
            self._framer.push(self._drain())

    def _send(self, now: float, waiting: int) -> Frame:
        """Take the next frame, whole, filled up or silent, and move the clocks on.

        Args:
            now: the present moment.
            waiting: how many samples may be played now.
        """
        if self._due is None or now - self._due >= LATE_SECONDS + self._stall.seconds - _EPSILON:
            self._anchor(now)
        elif now - self._due < LATE_SECONDS:
            self._stall.over()
        self._hushing = False
        if waiting >= self._frame_samples:
            samples = self._fader.whole(self._next_whole(now))
            self._ending = False
        elif waiting:
            content = self._framer.take(waiting)
            self.played_samples += waiting
            samples = self._fader.ending(content, self._frame_samples)
            self._ending = True
        else:
            samples = self._fader.silence(self._frame_samples)
        self._partial_since = None
        frame = Frame(samples, self._next_pts)
        self._next_pts += self._frame_samples
        assert self._due is not None
        self._due = self._due + FRAME_SECONDS if waiting else None
        return frame

    def _anchor(self, now: float) -> None:
        """Start the due times anew at ``now`` and let pts catch up with real time."""
        if self._origin is None:
            self._origin = now
        elapsed = round((now - self._origin) / FRAME_SECONDS) * self._frame_samples
        self._next_pts = max(self._next_pts, elapsed)
        self._due = now
        self._stall.over()
        self.standing.restart()

    def _next_whole(self, now: float) -> Int16Array:
        frame = self._framer.take(self._frame_samples)
        while self.standing.may_skip(frame, now, self.buffered):
            self.skipped_samples += self._frame_samples
            self._fader.skip(frame[:, : self._fader.fade_samples])
            frame = self._framer.take(self._frame_samples)
        self.played_samples += self._frame_samples
        return frame
