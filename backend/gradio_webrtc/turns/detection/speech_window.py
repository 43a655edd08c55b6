"""Which windows are speech, and how much of it the last moments hold. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

HYSTERESIS = 0.15
"""How far below the threshold speech goes on that has begun; Silero's own post-processing uses the
same number (github.com/snakers4/silero-vad, ``neg_threshold``)."""
BRIDGED_S = 0.1
"""A gap this short does not break a run: the closure of a stop consonant lasts 50 to 100 ms."""


class Hysteresis:
    """Turns probabilities into speech or not: easy to stay, harder to become.

    Args:
        threshold: probability from which speech begins.
    """

    def __init__(self, threshold: float) -> None:
        self._begins = threshold
        self._goes_on = max(0.01, threshold - HYSTERESIS)
        self._speech = False

    def push(self, probability: float) -> bool:
        """Return whether the next window is speech."""
        self._speech = probability >= (self._goes_on if self._speech else self._begins)
        return self._speech

    def reset(self) -> None:
        """Forget what came before."""
        self._speech = False


@dataclass
class _Step:
    start: int
    stop: int
    speech: int
    noise: bool = False


class SlidingWindow:
    """The speech within the last ``length`` samples.

    A run is speech with gaps shorter than ``bridged``. One that is over and was shorter than
    ``min_run`` was a noise; one that is still short is not yet known to be speech.

    Args:
        length: of the window, in samples.
        min_run: the shortest run that is speech, in samples.
        bridged: the shortest gap that ends a run, in samples.
    """

    def __init__(self, length: int, min_run: int, bridged: int) -> None:
        self._length = length
        self._min_run = min_run
        self._bridged = bridged
        self._steps: deque[_Step] = deque()
        self._now = 0
        self._run_start = self._run_stop = 0

    def slide(self, now: int) -> None:
        """Slide on to ``now``."""
        self._now = now
        left = now - self._length
        while self._steps and self._steps[0].stop <= left:
            self._steps.popleft()

    def add(self, start: int, stop: int, speech: int) -> None:
        """Add that of the samples from ``start`` to ``stop`` so many are speech; in order."""
        if speech:
            if start - self._run_stop >= self._bridged:
                self._end_run()
                self._run_start = start
            self._run_stop = stop
            self._steps.append(_Step(start, stop, speech))

    @property
    def active(self) -> int:
        """Samples with voice activity of any kind, noises too."""
        left = self._now - self._length
        return sum(min(step.speech, step.stop - left) for step in self._steps)

    @property
    def speech(self) -> int:
        """Samples of what is speech, without noises and without what may yet prove to be one."""
        left = self._now - self._length
        known = self._run_is_speech()
        return sum(
            min(step.speech, step.stop - left)
            for step in self._steps
            if not step.noise and (known or step.start < self._run_start)
        )

    @property
    def speech_start(self) -> int:
        """Where the speech that ``speech`` counts began; its run may be older than the window."""
        begun = [step.start for step in self._steps if not step.noise]
        if self._run_is_speech():
            begun.append(self._run_start)
        return min(begun, default=self._now)

    def falls_below_in(self, amount: int) -> int:
        """Return after how many samples of silence ``active`` is below ``amount``, from 1 on."""
        newer = 0
        for step in reversed(self._steps):
            if newer + step.speech >= amount:
                return max(0, step.stop - (amount - newer) + 1 + self._length - self._now)
            newer += step.speech
        return 0

    def reset(self) -> None:
        """Forget everything; a run that goes on counts from here."""
        self._steps.clear()
        self._run_start = self._run_stop = self._now

    def _run_is_speech(self) -> bool:
        return self._run_stop - self._run_start >= self._min_run

    def _end_run(self) -> None:
        if not self._run_is_speech():
            for step in self._steps:
                step.noise = step.noise or step.start >= self._run_start
