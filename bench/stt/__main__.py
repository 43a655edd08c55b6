"""``python -m bench stt``: how many words each recogniser here mistakes, and what it costs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bench.one_core import keep_to_one_core
from bench.report import markdown
from bench.stt.material import Recording, recordings
from bench.stt.measure import Heard, answer_time, hear, together
from bench.stt.word_errors import words
from gradio_webrtc import STTModel, get_stt_model
from gradio_webrtc.errors import GradioWebRTCError
from gradio_webrtc.speech.registry import installed_stt_engines

RATIOS_DB = (20.0, 10.0, 5.0)
NOTHING = """There are no recordings on this machine. They come with
  pip install "gradio_webrtc[stt]"            (Samuel Beckett, Charles Dickens)
  apt install pocketsphinx-testdata           (Jane Austen, cards, commands)
"""
HEADING = (
    "recogniser",
    "words mistaken",
    *(f"noise {ratio:g} dB below" for ratio in RATIOS_DB),
    "CPU s a second of speech",
    "CPU s for an utterance of 3.8 s",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0, or 2 when there is nothing to measure or no such recogniser."""
    asked = _parser().parse_args(arguments)
    material = recordings()
    if not material:
        sys.stderr.write(NOTHING)
        return 2
    if asked.one_core:
        keep_to_one_core()
    lines = []
    for name in asked.engine or installed_stt_engines():
        sys.stderr.write(f"{name}\n")
        try:
            lines.append(_measured(name, get_stt_model(name), material, asked))
        except GradioWebRTCError as error:
            sys.stderr.write(f"{error}\n")
            return 2
    seconds = sum(one.seconds for one in material)
    count = sum(len(words(one.text)) for one in material)
    sys.stdout.write(f"{len(material)} recordings, {seconds:.0f} s, {count} words\n\n")
    sys.stdout.write(markdown([HEADING, *lines]) + "\n")
    return 0


def row(name: str, plain: Heard, noisy: Sequence[Heard], utterance_s: float) -> list[str]:
    """Return a line of the table."""
    return [
        f"`{name}`",
        *(f"{100 * heard.wrong / heard.said:.1f} %" for heard in (plain, *noisy)),
        f"{plain.cpu_s / plain.lasts_s:.3f}",
        f"{utterance_s:.2f}",
    ]


def _measured(
    name: str, model: STTModel, material: Sequence[Recording], asked: argparse.Namespace
) -> list[str]:
    longest = max(material, key=lambda one: one.seconds)
    utterance_s = answer_time(model, longest.samples)
    sums = []
    for ratio in (None, *RATIOS_DB):
        heard = []
        for one in hear(model, material, ratio, asked.noises):
            heard.append(one)
            if asked.verbose:
                sys.stderr.write(f"{one.name} {ratio}: {one.wrong}: {one.text}\n")
        sums.append(together(heard))
    return row(name, sums[0], sums[1:], utterance_s)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench stt", description=__doc__)
    parser.add_argument("--engine", action="append", help="a name; may be given more than once")
    parser.add_argument("--noises", type=int, default=3, help="how often; default: %(default)s")
    parser.add_argument("--verbose", action="store_true", help="write what was heard")
    parser.add_argument(
        "--all-cores",
        dest="one_core",
        action="store_false",
        help="use all cores, where one is the default (on Linux)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
