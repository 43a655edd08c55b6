"""Where a long stretch of speech can be cut without cutting a word. Pure."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.media.audio.interpolation import Float64Array
from gradio_webrtc.media.audio.pcm import Int16Array

CUT_AFTER_S = 4.0
"""What is shorter is not cut: a recogniser needs the words around a word."""
LONGEST_S = 12.0
"""What is longer is cut wherever it is quietest, so that what is recognised again and again stays
short."""
_EARLIEST_S = 2.0
_PAUSE_S = 0.2
"""A pause between clauses; the stops within words ("p", "t", "k") are shorter."""
_SLOT_S = 0.02
_QUIET = 0.1
"""Of a loud moment's level: 20 dB below."""
_LATE_S, _MARGIN_S, _GAP_S = 3.0, 0.5, 0.1


def quiet_place(samples: Int16Array, rate: int) -> int | None:
    """Return the sample at which to cut; ``None``: not yet.

    Args:
        samples: int16 of shape ``(channels, samples)``.
        rate: in Hz.
    """
    if samples.shape[1] < CUT_AFTER_S * rate:
        return None
    slot = max(1, round(_SLOT_S * rate))
    levels = _levels(samples[0], slot)
    pause = _last_pause(levels)
    if pause is not None:
        return pause * slot
    if samples.shape[1] < LONGEST_S * rate:
        return None
    return _quietest(levels) * slot


def _levels(samples: Int16Array, slot: int) -> Float64Array:
    slots = samples[: samples.size // slot * slot].reshape(-1, slot).astype(np.float64)
    levels: Float64Array = np.sqrt((slots**2).mean(axis=1))
    return levels


def _last_pause(levels: Float64Array) -> int | None:
    """Return the slot in the middle of the last pause that is late enough."""
    quiet = levels <= _QUIET * np.percentile(levels, 90)
    first, needed = round(_EARLIEST_S / _SLOT_S), round(_PAUSE_S / _SLOT_S)
    run, best = 0, None
    for at in range(first, quiet.size):
        run = run + 1 if quiet[at] else 0
        if run >= needed:
            best = at - run // 2
    return best


def _quietest(levels: Float64Array) -> int:
    """Return the middle of the quietest tenth of a second among the late ones."""
    gap = round(_GAP_S / _SLOT_S)
    late = levels[-round(_LATE_S / _SLOT_S) : -round(_MARGIN_S / _SLOT_S)] ** 2
    sums = np.convolve(late, np.ones(gap), "valid")
    return levels.size - round(_LATE_S / _SLOT_S) + int(sums.argmin()) + gap // 2
