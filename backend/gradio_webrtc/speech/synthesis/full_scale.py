"""What a model that speaks gives, within what can be played."""

from __future__ import annotations

import numpy as np

from gradio_webrtc.errors import SpeechEngineError
from gradio_webrtc.media.audio.pcm import Float32Array

KNEE = 0.9
"""Of full scale: samples up to here stay as they are."""


def within_full_scale(spoken: Float32Array) -> Float32Array:
    """Return ``spoken``, float32 of any shape, as ``(samples,)`` with no sample beyond full scale.

    Models overshoot by a few percent now and then, and what is beyond 1 would be clipped. Such
    peaks are rounded: ``KNEE + (1 - KNEE) * tanh((|x| - KNEE) / (1 - KNEE))``, which goes on
    smoothly from the knee. Each sample is looked at by itself, so speech may come in parts that
    fit together.

    Raises:
        SpeechEngineError: there are samples that are no numbers.
    """
    samples = spoken.reshape(-1)
    peak = float(np.abs(samples).max(initial=0.0))
    if not np.isfinite(peak):
        raise SpeechEngineError("The model gave samples that are no numbers; are its files whole?")
    if peak <= KNEE:
        return samples
    above = np.maximum(np.abs(samples) - KNEE, 0) / (1 - KNEE)
    rounded = np.sign(samples) * (KNEE + (1 - KNEE) * np.tanh(above))
    return np.where(above > 0, rounded, samples).astype(np.float32)
