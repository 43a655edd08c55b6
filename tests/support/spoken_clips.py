"""Short things said by many voices of espeak-ng."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.support.noises import RATE, Clip
from tests.support.synthetic_speech import say

SAID = (
    "yes", "no", "stop", "wait", "hello", "okay", "thank you", "good morning",
    "what time is it", "one two three four five", "will it rain tomorrow",
    "turn the light in the kitchen off", "tell me something about the telephone",
    "no no no no", "I would like a cup of coffee", "nineteen eighty four",
)  # fmt: skip
VOICES = (
    "en-us", "en-us+f2", "en-us+m3", "en-gb", "en-gb+f4", "en-us+m7", "en-gb-scotland",
    "en-us+f5", "en-gb+m1", "en-us+m5", "en-us+f1", "en-gb+f3", "en-us+m2",
)  # fmt: skip


def spoken_clips(count: int, seed: int = 0) -> Iterator[tuple[str, Clip]]:
    """Yield ``count`` texts and themselves spoken, cut closely: int16 ``(samples,)`` at 16 kHz.

    At 0 to -30 dB, with the noise of a quiet room; no two alike up to 208.
    """
    generator = np.random.default_rng(seed)
    for number in range(count):
        # Sixteen texts and thirteen voices: each meets each before any meet again.
        text, voice = SAID[number % len(SAID)], VOICES[number % len(VOICES)]
        sound = say(text, voice, RATE) * 10 ** (generator.uniform(-30, 0) / 20)
        sound = sound + generator.normal(0, 8, len(sound))
        yield f"{text} ({voice})", np.clip(np.rint(sound), -32_768, 32_767).astype(np.int16)
