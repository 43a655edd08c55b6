"""``python -m bench``: measure, print the table. See bench/README.md."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import sys
from pathlib import Path

from bench.environment import PEERS
from bench.report import as_json, failures, over_budget, table
from bench.results import BenchError
from bench.rows import QUICK_NOTE
from bench.run import Runner, select
from bench.scenarios.plan import QUICK, Pace

PARTS = ("endings", "heard", "interruptions", "sessions", "stt", "tts", "turns")
"""What needs no server and no peers: folders with a command line of their own."""


def main() -> int:
    """Return 0, 1 when this package failed a row or is over a budget, 2 for wrong arguments."""
    if sys.argv[1:2] and sys.argv[1] in PARTS:
        # Imported for itself only: with this package and Gradio loaded, the client of ten sessions
        # is slow enough to be seen in what it measures.
        part = importlib.import_module(f"bench.{sys.argv[1]}.__main__")
        return int(part.main(sys.argv[2:]))
    arguments = _parser().parse_args()
    # aiortc tells of every connection that ends; here that is the plan.
    logging.getLogger("aiortc").setLevel(logging.ERROR)
    logging.getLogger("aioice").setLevel(logging.ERROR)
    try:
        peers = _peers(arguments.peers)
        scenarios = select(arguments.only, quick=arguments.quick)
    except BenchError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    runner = Runner(peers, QUICK if arguments.quick else Pace(), reuse=arguments.quick)
    readings = asyncio.run(runner.run(scenarios))
    sys.stdout.write(table(readings, peers) + "\n")
    if arguments.quick:
        sys.stdout.write(f"{QUICK_NOTE}\n")
    for failure in failures(readings):
        sys.stdout.write(f"failed: {failure}\n")
    if arguments.json is not None:
        text = json.dumps(as_json(readings, sys.argv[1:]), indent=1)
        arguments.json.write_text(text + "\n")
    return 1 if over_budget(readings) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", metavar="ROW", help="only rows whose ids start so")
    parser.add_argument("--quick", action="store_true", help="shorter windows, fewer samples")
    parser.add_argument("--peers", default=",".join(PEERS), help="default: %(default)s")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    return parser


def _peers(text: str) -> tuple[str, ...]:
    asked = text.split(",")
    unknown = [name for name in asked if name not in PEERS]
    if unknown:
        raise BenchError(f"no such peer: {', '.join(unknown)}; there are {', '.join(PEERS)}")
    return tuple(name for name in PEERS if name in asked)


if __name__ == "__main__":
    sys.exit(main())
