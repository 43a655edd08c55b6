"""``python -m bench heard``: cut spoken answers off, and count the words that were heard.

Each answer is spoken by a voice and cut off at many moments. What ``Reply.heard_text`` says of that
is compared with what a recogniser hears in the sound up to there, and so is the rule that a word
takes 0.4 s. Recognisers tend to complete a word that was cut off, or leave it out.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradio_webrtc import Reply, get_stt_model, get_tts_model
from gradio_webrtc.errors import ConfigurationError, SpeechEngineError
from gradio_webrtc.speech.registry import accurate_stt_engine

ANSWERS = (
    "The train to the coast leaves at half past nine, so you should be at the station a little "
    "earlier.",
    "I have looked at the weather for tomorrow. It will be sunny in the morning, and there may be "
    "some rain in the afternoon.",
    "There are three ways to solve this problem. The first one is quick, the second one is cheap, "
    "and the third one is beautiful.",
    "Yes, that is possible. Please tell me your name and the number of people who will join you "
    "for dinner.",
    "My favourite story is about a fisherman who finds an old lamp on the beach and does not know "
    "what to do with it.",
)
SECONDS_A_WORD = 0.4


@dataclass(frozen=True)
class Cut:
    """Numbers of words."""

    recognised: int
    heard_text: int
    by_rule: int


class Answer:
    """One text as a voice speaks it, and what a reply knows of it."""

    def __init__(self, voice: str, text: str) -> None:
        self.played_s = 0.0
        self.reply = Reply(lambda: self.played_s, queued=lambda: self._given_s - self.played_s)
        self._given_s = 0.0
        parts = self.reply._context(copy_context()).run(self._speak, voice, text)
        self.samples = np.concatenate(parts)

    def cut_at(self, part: float, stt: Any) -> Cut:
        """Return what is heard of the first ``part`` of it."""
        self.played_s = part * self._given_s
        sound = self.samples[: round(self.played_s * self.rate)]
        return Cut(
            _words(stt.stt((self.rate, sound))),
            _words(self.reply.heard_text),
            round(self.played_s / SECONDS_A_WORD),
        )

    def _speak(self, voice: str, text: str) -> list[np.ndarray]:
        parts = []
        for self.rate, samples in get_tts_model(voice).stream_tts_sync(text):
            parts.append(samples)
            self._given_s += samples.size / self.rate
        return parts


def main(words: Sequence[str] | None = None) -> int:
    """Return 0, or 2 when what was asked for is not there."""
    parser = argparse.ArgumentParser(prog="python -m bench heard", description=__doc__)
    parser.add_argument("--tts", default="espeak,piper", help="voices; default: %(default)s")
    parser.add_argument("--cuts", type=int, default=12, help="of each answer; default: 12")
    arguments = parser.parse_args(words)
    engine = accurate_stt_engine()
    if engine is None:
        sys.stderr.write("no accurate recogniser is installed\n")
        return 2
    sys.stdout.write(
        "| voice | cuts | | words off, mean | within one word |\n|---|---|---|---|---|\n"
    )
    try:
        stt = get_stt_model(engine)
        for voice in arguments.tts.split(","):
            for line in _lines(voice, list(_cuts(voice, arguments.cuts, stt))):
                sys.stdout.write(line + "\n")
    except (ConfigurationError, SpeechEngineError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _cuts(voice: str, count: int, stt: Any) -> Iterator[Cut]:
    for text in ANSWERS:
        answer = Answer(voice, text)
        for number in range(count):
            yield answer.cut_at(0.15 + 0.8 * number / count, stt)


def _lines(voice: str, cuts: Sequence[Cut]) -> Iterator[str]:
    for name, off in (
        ("`heard_text`", [abs(cut.heard_text - cut.recognised) for cut in cuts]),
        ("0.4 s a word", [abs(cut.by_rule - cut.recognised) for cut in cuts]),
    ):
        near = sum(each <= 1 for each in off)
        yield f"| {voice} | {len(cuts)} | {name} | {statistics.mean(off):.1f} | {near} |"


def _words(text: str) -> int:
    return len(re.findall(r"[a-z']+", text.lower()))


if __name__ == "__main__":
    sys.exit(main())
