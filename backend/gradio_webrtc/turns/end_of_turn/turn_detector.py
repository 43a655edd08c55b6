"""The seam for models that judge from what was said whether somebody has finished."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class TurnDetector(Protocol):
    """Asked at each pause: finished, or thinking? Shared by all connections; any thread.

    One with a method ``load`` is made ready by it when a connection begins.
    """

    def finished(self, utterance: tuple[int, NDArray[np.int16]]) -> float | None:
        """Return how likely it is, 0 to 1, that the person has finished; ``None``: cannot tell.

        It may be ``async def`` as well. What it cannot tell, silence decides.

        Args:
            utterance: what was said since the turn began: ``(sample_rate in Hz, int16 of shape
                (1, samples))``.
        """
        ...
