"""``python -m bench turns``: replay speech and noise, print what the turn taking made of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bench.turns.material import MATERIAL, recordings
from bench.turns.replay import Findings, replay
from bench.turns.report import faults, table
from gradio_webrtc.turns.options import AlgoOptions


def main(words: Sequence[str] | None = None) -> int:
    """Return 0, 1 when a turn was missed, cut off, clipped or made up, 2 for wrong arguments."""
    arguments = _parser().parse_args(words)
    found = _replay_all(arguments.only, AlgoOptions(silence_ms=arguments.silence_ms))
    if not found:
        sys.stderr.write(f"no such material; there are {', '.join(MATERIAL)}\n")
        return 2
    sys.stdout.write(table(found) + "\n")
    for fault in faults(found):
        sys.stdout.write(f"fault: {fault}\n")
    return 1 if faults(found) else 0


def _replay_all(only: str | None, algo: AlgoOptions) -> dict[str, Findings]:
    found = {}
    for name, recording in recordings(only):
        sys.stderr.write(f"{name}\n")
        found[name] = replay(recording, algo)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench turns", description=__doc__)
    parser.add_argument("--only", metavar="NAME", help="only material whose names start so")
    parser.add_argument("--silence-ms", type=float, metavar="MS", help="AlgoOptions(silence_ms=)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
