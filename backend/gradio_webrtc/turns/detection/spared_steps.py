"""Which steps of the audio a voice detector need not be asked about. Pure.

Most connections listen to a room in which nobody speaks, and to ask a model about it over and over
is most of what they cost. Two kinds of steps are left out: silence, and what does not stand out of
the background that the model was asked about before. A voice does, so the model is asked again from
there, after it has heard the end of what was left out; and now and then without any reason.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from gradio_webrtc.media.audio.pcm import Int16Array
from gradio_webrtc.turns.detection.background import Background

SETTLING_STEPS = 16
"""Steps of silence that are asked about before more are left out: what was said is forgotten."""
KNOWN_STEPS = 31
"""Steps that are asked about, of which none may be speech, before it is known what is background:
a second at the beginning."""
ALERT_STEPS = 16
"""The same after something louder, or something that may be speech: half a second."""
SPARED_STEPS = 62
"""Steps in a row that are left out at most; then ``CHECKED_STEPS`` are asked about."""
CHECKED_STEPS = 4


@dataclass
class Run:
    """Steps that follow each other and are all asked about, or all left out.

    Attributes:
        steps: of shape ``(channels, samples)``.
        asked: whether they are asked about.
        resumes: whether those just before these were left out, and these are not.
        again: the last of those, to be heard again before these.
    """

    steps: list[Int16Array]
    asked: bool
    resumes: bool
    again: list[Int16Array]


class SparedSteps:
    """Decides for the steps of one connection, in order.

    Args:
        sample_rate: in Hz.
        silence: peak up to which a step is silence, in 16-bit units; 0: none is left out for that.
        lookback: how many steps that were left out have to be heard again before the next;
            0: none is left out for being background.
    """

    def __init__(self, sample_rate: int, silence: int = 0, lookback: int = 0) -> None:
        self._background = Background(sample_rate)
        self._silence = silence
        self._lookback = lookback
        self._recent: deque[Int16Array] = deque(maxlen=lookback)
        self.restart()

    def restart(self) -> None:
        """What comes does not continue what was."""
        self._silent = 0
        self._background.restart()
        self._alert = KNOWN_STEPS
        """Steps to be asked about yet before any is left out as background."""
        self._spared = 0
        self._skipping = False
        self._recent.clear()

    def found_speech(self) -> None:
        """Something that may be speech was found, or a turn goes on."""
        self._alert = max(self._alert, ALERT_STEPS)

    def runs(self, steps: Sequence[Int16Array]) -> list[Run]:
        """Return the next steps, each of shape ``(channels, samples)``.

        Those are together that are asked about, or left out.
        """
        needed = [self._need(samples) for samples in steps]
        self._hear_beginnings(needed)
        return [
            self._run([samples for samples, _ in group], asked)
            for asked, group in groupby(zip(steps, needed, strict=True), itemgetter(1))
        ]

    def _hear_beginnings(self, needed: list[bool]) -> None:
        """Ask about what was left out before something louder, while it can still be answered."""
        near = 0
        for index in reversed(range(len(needed))):
            near = self._lookback if needed[index] else near - 1
            needed[index] = near >= 0 and (needed[index] or self._lookback > 0)

    def _run(self, steps: list[Int16Array], asked: bool) -> Run:
        resumes = asked and self._skipping
        again = list(self._recent) if resumes else []
        self._skipping = not asked
        if asked:
            self._recent.clear()
            self._spared = 0
        else:
            self._recent.extend(steps)
            self._spared += len(steps)
        return Run(steps, asked, resumes, again)

    def _need(self, samples: Int16Array) -> bool:
        silent = self._is_silence(samples)
        return not (self._is_background(samples) or silent)

    def _is_silence(self, samples: Int16Array) -> bool:
        peak = self._silence
        if not peak or int(samples.max()) > peak or int(samples.min()) < -peak:
            self._silent = 0
            return False
        self._silent += 1
        return self._silent > SETTLING_STEPS

    def _is_background(self, samples: Int16Array) -> bool:
        if not self._lookback:
            return False
        if self._background.stands_out(samples):
            self.found_speech()
            return False
        if self._alert == 0 and self._spared >= SPARED_STEPS:
            self._alert, self._spared = CHECKED_STEPS, 0
        if self._alert:
            self._alert -= 1
            return False
        return True
