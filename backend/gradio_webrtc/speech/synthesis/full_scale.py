"""What a model that speaks gives, within what can be played."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array

HIGHEST = 0.99
"""Of full scale, for the peak of a piece that went beyond it."""


def within_full_scale(spoken: Float32Array) -> Float32Array:
    """Return ``spoken``, float32 of any shape, as ``(samples,)`` with no sample beyond full scale.

    Models overshoot by a few percent now and then, and what is beyond 1 would be clipped. A piece
    that does is made quieter as a whole, which is not heard; others stay as they are, so that
    pieces keep their loudness against each other.

    Raises:
        SpeechEngineError: there are samples that are no numbers.
    """
    samples = spoken.reshape(-1)
    peak = float(np.abs(samples).max(initial=0.0))
    if not np.isfinite(peak):
        raise SpeechEngineError("The model gave samples that are no numbers; are its files whole?")
    return samples if peak <= 1.0 else samples * np.float32(HIGHEST / peak)
