"""When a loop that asks user code for values rests, so that code that returns at once spins nobody.

The one place that knows the rule. A loop gives way to the event loop after every value, and rests
``REST_S`` after one that plays nothing, unless that rest has been earned:

* Audio and video that are played earn ``CREDIT_PER_PLAYED_S`` a second, and time in which user
  code itself waited ``CREDIT_PER_WAITED_S``. An additional output costs 1, a value with nothing in
  it ``NOTHING_COSTS``. So what is said between chunks of audio, or as fast as a language model
  writes, is not held up, and what comes out of a loop that waits for nothing is: 50 a second.
* Audio that is taken without delay, much more of it than time has passed, is not played: it is
  cleared at once, or the track has ended. It rests as well.
"""

from __future__ import annotations

import asyncio

REST_S = 0.02
"""One frame of audio, as long as anything may be late without being noticed."""

START_CREDIT = 10.0
"""So that what is said before the first audio does not delay it."""
MOST_CREDIT = 50.0
"""The longest burst of outputs without a rest: as many as pass in a second of resting."""
CREDIT_PER_WAITED_S = 250.0
"""So outputs that take 4 ms each are never held up, whether user code waits that long or the way to
its thread does, on a machine with more to do than it can."""
CREDIT_PER_PLAYED_S = 1000.0
NOTHING_COSTS = 10.0
"""A value with nothing in it is a question asked in vain. Between two chunks of 20 ms a source
may give two of these, as resamplers and decoders do."""

LEAST_PLAYED_S = 0.001
"""What is shorter plays nothing to speak of, though it be emitted for ever."""
MOST_AHEAD_S = 5.0
"""Ten times what is queued for playing. Each value counts ``VALUE_AHEAD_S`` at most: the rest of a
long chunk that was cleared is not held against what follows."""
VALUE_AHEAD_S = 0.1


class EmitPace:
    """Decides how long one loop rests after each value. Pure: time is an argument."""

    def __init__(self) -> None:
        self._credit = START_CREDIT
        self._ahead = 0.0
        self._since: float | None = None

    def after(self, now: float, played_s: float, *, said: bool = False) -> float:
        """Return how many seconds to rest after a value: 0 still means to give way once.

        Args:
            now: seconds on the clock of the event loop.
            played_s: how long what it plays lasts, in seconds.
            said: whether it carried additional outputs.
        """
        waited = 0.0 if self._since is None else max(0.0, now - self._since)
        self._since = now
        self._earn(waited * CREDIT_PER_WAITED_S)
        self._ahead = max(0.0, self._ahead + min(played_s, VALUE_AHEAD_S) - waited)
        if played_s >= LEAST_PLAYED_S:
            self._earn(played_s * CREDIT_PER_PLAYED_S)
            return REST_S if self._ahead > MOST_AHEAD_S else 0.0
        cost = 1.0 if said else NOTHING_COSTS
        if self._credit < cost:
            return REST_S
        self._credit -= cost
        return 0.0

    def resumed(self, now: float) -> None:
        """The rest is over: time spent resting earns nothing, and what is ahead is played in it."""
        if self._since is not None:
            self._ahead = max(0.0, self._ahead - (now - self._since))
        self._since = now

    def earned(self, played_s: float) -> None:
        """Something of this length was taken that is played elsewhere."""
        self._earn(played_s * CREDIT_PER_PLAYED_S)

    def _earn(self, credit: float) -> None:
        self._credit = min(MOST_CREDIT, self._credit + credit)


async def give_way(
    pace: EmitPace, played_s: float = 0.0, *, said: bool = False, waited: bool = False
) -> None:
    """Let others run, and rest if ``pace`` says so; see :meth:`EmitPace.after`.

    Args:
        pace: decides.
        played_s: as for ``EmitPace.after``.
        said: as for ``EmitPace.after``.
        waited: whether others have run since the value before, so that only a rest is needed.
    """
    loop = asyncio.get_running_loop()
    rest = pace.after(loop.time(), played_s, said=said)
    if rest or not waited:
        await asyncio.sleep(rest)
        pace.resumed(loop.time())
