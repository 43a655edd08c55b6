"""What a recogniser makes of recordings, and how long it takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.stt.material import RATE, Recording, with_noise
from bench.stt.word_errors import word_errors, words
from gradio_webrtc import STTModel

UTTERANCE_S = 3.8
_ROUNDS = 5


@dataclass(frozen=True)
class Heard:
    """What a recogniser made of some recordings.

    Attributes:
        name: of the recording, or of all of them.
        text: what was heard; empty for the sum of several.
        wrong: words that are wrong, missing or too many.
        said: words that were said.
        cpu_s: processor time of this process, all threads.
        lasts_s: how long the audio lasts.
    """

    name: str
    text: str
    wrong: int
    said: int
    cpu_s: float
    lasts_s: float


def hear(
    model: STTModel,
    material: Sequence[Recording],
    ratio_db: float | None = None,
    noises: int = 1,
) -> Iterator[Heard]:
    """Yield what ``model`` makes of each of ``material``, in ``noises`` noises given a ratio."""
    for seed in range(noises if ratio_db is not None else 1):
        for one in material:
            samples = one.samples if ratio_db is None else with_noise(one, ratio_db, seed)
            started = time.process_time()
            text = model.stt((RATE, samples))
            cost = time.process_time() - started
            said = words(one.text)
            yield Heard(
                one.name, text, word_errors(said, words(text)), len(said), cost, one.seconds
            )


def together(heard: Sequence[Heard]) -> Heard:
    """Return the sum of ``heard``."""
    return Heard(
        "all",
        "",
        sum(one.wrong for one in heard),
        sum(one.said for one in heard),
        sum(one.cpu_s for one in heard),
        sum(one.lasts_s for one in heard),
    )


def answer_time(model: STTModel, samples: NDArray[np.int16]) -> float:
    """Return the processor time in seconds until the text of an utterance is there, the median.

    On one core of a machine with nothing else to do that is the time one waits.

    Args:
        model: recognises. What the first call alone takes is left out.
        samples: at 16 kHz, whose first ``UTTERANCE_S`` are taken.
    """
    taken = []
    for number in range(_ROUNDS + 1):
        # From another sample each time: what was heard a moment ago is remembered.
        utterance = samples[number : number + round(UTTERANCE_S * RATE)]
        started = time.process_time()
        model.stt((RATE, utterance))
        taken.append(time.process_time() - started)
    return statistics.median(taken[1:])
