"""``python -m bench tts``: how soon a voice is heard, on one core, and what it costs."""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from bench.one_core import keep_to_one_core
from bench.report import markdown
from bench.results import Samples
from bench.tts.measure import Spoken, measure
from gradio_webrtc.errors import GradioWebRTCError
from gradio_webrtc.speech.registry import get_tts_model

BUDGET_MS = {"piper": 120.0, "espeak": 20.0}
"""For the first sound of an answer, the median."""
GAP_MS = 20.0
"""What nobody hears."""
HEADING = (
    "voice",
    "first sound, ms",
    "budget",
    "",
    "of CPU",
    "CPU s a second of speech",
    "longest gap in a story, ms",
)


def main(words: Sequence[str] | None = None) -> int:
    """Return 0, 1 when a voice is over its budget or leaves gaps, 2 when one cannot be had."""
    arguments = _parser().parse_args(words)
    if arguments.one_core:
        keep_to_one_core()
    lines, over = [], False
    for name in arguments.engines.split(","):
        sys.stderr.write(f"{name}\n")
        try:
            model = get_tts_model(name)
        except GradioWebRTCError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        cells, kept = row(name, *measure(model, arguments.rounds))
        lines.append(cells)
        over = over or not kept
    sys.stdout.write(markdown([HEADING, *lines]) + "\n")
    return 1 if over else 0


def row(name: str, answers: Sequence[Spoken], gap_s: float) -> tuple[list[str], bool]:
    """Return a line of the table, and whether the voice is within its budget and without gaps."""
    first = Samples(tuple(1000 * one.first_s for one in answers))
    budget = BUDGET_MS.get(name)
    gap = 1000 * gap_s
    kept = (budget is None or first.p50 <= budget) and gap <= GAP_MS
    cost = sum(one.cpu_s for one in answers) / sum(one.lasts_s for one in answers)
    return [
        name,
        f"{first.p50:.0f} / {first.p95:.0f} / {first.max:.0f} (n={len(first.values)})",
        "" if budget is None else f"{budget:g} ms",
        "ok" if kept else "over",
        f"{statistics.median(1000 * one.first_cpu_s for one in answers):.0f} ms",
        f"{cost:.3f}",
        f"{gap:.0f}",
    ], kept


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench tts", description=__doc__)
    parser.add_argument("--engines", default="piper,espeak", help="default: %(default)s")
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument(
        "--all-cores",
        dest="one_core",
        action="store_false",
        help="use all cores, where one is the default (on Linux)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
