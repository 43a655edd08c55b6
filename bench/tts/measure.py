"""What a voice takes for a text: until its first sound, in all, and whether it keeps up."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from gradio_webrtc.speech.synthesis.tts import TTSModel

ANSWERS = (
    "It is certain.",
    "Ask again later.",
    "My reply is no.",
    "The capital of Australia is Canberra.",
    "Your train leaves at ten past seven, from platform four.",
    "Well, the weather will be fine tomorrow, with a little wind from the west.",
    "No, I am afraid not.",
    "You can find the tools in the cupboard under the stairs, next to the old bicycle.",
)
STORY = (
    "Yes. The telephone was invented in the nineteenth century, when several people worked on ways "
    "to send the voice over a wire. Nobody believed that it would be of much use; the telegraph, "
    "after all, was known to work. Ten years later there were lines between all larger cities."
)

AHEAD_S = 0.5
"""How much is queued for a listener before a reply's generator has to wait."""


@dataclass(frozen=True)
class Spoken:
    """What one text took.

    Attributes:
        first_s: until the first piece of its sound was there.
        first_cpu_s: processor time of this process until then, which on a machine with nothing else
            to do and one core is the same.
        cpu_s: processor time of this process, all threads.
        lasts_s: how long the sound lasts.
    """

    first_s: float
    first_cpu_s: float
    cpu_s: float
    lasts_s: float


def speak(model: TTSModel, text: str) -> Spoken:
    """Speak ``text`` as fast as possible."""
    started, cpu = time.perf_counter(), time.process_time()
    first = first_cpu = lasts = 0.0
    for rate, samples in model.stream_tts_sync(text):
        if not first:
            first, first_cpu = time.perf_counter() - started, time.process_time() - cpu
        lasts += samples.size / rate
    return Spoken(first, first_cpu, time.process_time() - cpu, lasts)


def longest_gap(model: TTSModel, text: str) -> float:
    """Speak ``text`` to somebody who listens as it is made, which takes as long as it lasts.

    Return the longest time in seconds for which there was nothing to hear in the middle.
    """
    started, ends, longest = time.perf_counter(), 0.0, 0.0
    for rate, samples in model.stream_tts_sync(text):
        now = time.perf_counter() - started
        longest = max(longest, now - ends if ends else 0.0)
        ends = max(ends, now) + samples.size / rate
        time.sleep(max(0.0, ends - AHEAD_S - (time.perf_counter() - started)))
    return longest


def measure(model: TTSModel, rounds: int) -> tuple[Sequence[Spoken], float]:
    """Return what each of ``ANSWERS`` took, ``rounds`` times over, and the gap in ``STORY``.

    What the first call alone takes is left out.
    """
    speak(model, ANSWERS[0])
    answers = [speak(model, text) for _ in range(rounds) for text in ANSWERS]
    return answers, longest_gap(model, STORY)
