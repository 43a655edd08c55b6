"""Telling float audio in [-1, 1] from 16-bit numbers that were made floats and never divided.

Played as they are, the latter are a full-scale square wave in somebody's ears, however quiet the
recording. So what cannot be float audio is refused, and only what was over-driven is clipped.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

MOST = 16.0
"""Peak above which floats are not in [-1, 1]. Over-driven audio stays far below: voices that are
synthesised peak at 1.05, an MP3 of noise at full scale decodes to 2.8, eight full tracks
added up at 8, and a recording that was amplified by 20 dB at 10; this is 24 dB. In 16-bit numbers
it is 66 dB below full scale, the noise floor of a microphone in a quiet room: hardly any recording
is below it, see ``tests/unit/media/audio/test_scale.py``."""
LEAST_VALUES = 3
"""So many magnitudes, all of them whole numbers and one of them 2 or more: no float audio has that,
whereas an over-driven square wave may consist of one or two."""


def what_is_wrong(samples: npt.NDArray[Any]) -> str | None:
    """Return what floats hold that is no audio in [-1, 1], with a remedy; ``None``: they are fine.

    Args:
        samples: floats of any shape.
    """
    if samples.size == 0:
        return None
    low, high = float(samples.min()), float(samples.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        return f"NaN or infinite values in a {samples.dtype} array of shape {samples.shape}"
    peak = max(-low, high)
    if peak > MOST or (peak >= 2.0 and _whole_numbers(samples)):
        return (
            f"{samples.dtype} values up to {peak:g}, which look like 16-bit samples: "
            "use array.astype(numpy.int16), or divide by 32768"
        )
    return None


def _whole_numbers(samples: npt.NDArray[Any]) -> bool:
    if not np.array_equal(samples, np.rint(samples)):
        return False
    return len(np.unique(np.abs(samples))) >= LEAST_VALUES
