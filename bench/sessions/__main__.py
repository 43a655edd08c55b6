"""``python -m bench sessions``: how many sessions of each kind one core serves."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.environment import PEERS, make_peer
from bench.report import markdown
from bench.results import BenchError
from bench.sessions.steps import KINDS, Kind, Step, measure

HEADING = (
    "kind",
    "sessions",
    "CPU each",
    "MB each",
    "round trip",
    "frames/s",
    "last word to reply",
    "client",
    "",
)


def main(words: Sequence[str] | None = None) -> int:
    """Return 0, 1 when not even one session was served, 2 for wrong arguments."""
    arguments = _parser().parse_args(words)
    if arguments.pauses:
        # Imported for itself only, as it loads what the client of the sessions does not need.
        pauses = importlib.import_module("bench.sessions.pauses")
        sys.stdout.write(f"{pauses.report()}\n")
        return 0
    for name in ("aiortc", "aioice"):
        logging.getLogger(name).setLevel(logging.ERROR)
    kinds = {name: kind for name, kind in KINDS.items() if name.startswith(arguments.only)}
    if not kinds:
        sys.stderr.write(f"no such kind; there are {', '.join(KINDS)}\n")
        return 2
    climbed = {name: asyncio.run(_climb(arguments, name, kind)) for name, kind in kinds.items()}
    sys.stdout.write(report(climbed) + "\n")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(as_json(climbed), indent=1) + "\n")
    return 0 if all(served(KINDS[name], steps) for name, steps in climbed.items()) else 1


def report(climbed: Mapping[str, Sequence[Step]]) -> str:
    """Return the table of all steps by kind, and how many sessions of each were served."""
    lines = [
        _line(name, step, step.holds(KINDS[name], steps[0]))
        for name, steps in climbed.items()
        for step in steps
    ]
    counted = [
        f"{name}: {served(KINDS[name], steps)} sessions on one core at constant quality"
        for name, steps in climbed.items()
    ]
    return "\n".join([markdown([HEADING, *lines]), *counted])


def as_json(climbed: Mapping[str, Sequence[Step]]) -> dict[str, Any]:
    """Return everything measured as JSON types, by kind."""
    return {
        name: {
            "served": served(KINDS[name], steps),
            "steps": [
                {**asdict(s), "reply": s.reply, "holds": s.holds(KINDS[name], steps[0])}
                for s in steps
            ],
        }
        for name, steps in climbed.items()
    }


def served(kind: Kind, steps: Sequence[Step]) -> int:
    """Return the most sessions that were served as the first was; 0 when not even one was."""
    return max((step.sessions for step in steps if step.holds(kind, steps[0])), default=0)


async def _climb(arguments: argparse.Namespace, name: str, kind: Kind) -> list[Step]:
    """Return the steps up to the first that does not hold, which is among them."""
    peer, clip = await make_peer(arguments.peer), kind.clip()
    seconds, turns = arguments.seconds, arguments.turns
    steps: list[Step] = []
    for count in kind.counts:
        if count > arguments.most:
            break
        sys.stderr.write(f"{name}: {count}\n")
        try:
            steps.append(await measure(peer, kind, clip, count, seconds, turns))
        except BenchError as error:
            sys.stderr.write(f"{name}: {count}: {error}\n")
            break
        if not steps[-1].holds(kind, steps[0]):
            break
    return steps


def _line(name: str, step: Step, holds: bool) -> list[str]:
    return [
        name,
        str(step.sessions),
        f"{step.cpu:.1f} %",
        "" if step.memory is None else f"{step.memory:.1f}",
        "" if step.round_trip is None else f"{step.round_trip:.0f} ms",
        f"{step.frames:.1f}",
        "" if step.answers is None else str(step.answers),
        f"{step.client_cpu:.0f} %",
        "ok" if holds else "no more",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench sessions", description=__doc__)
    parser.add_argument("--only", metavar="KIND", default="", help="kinds that start so")
    parser.add_argument("--peer", choices=PEERS, default="here", help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each step; default: 5")
    parser.add_argument(
        "--turns", type=int, default=12, help="said to some of those that listen; default: 12"
    )
    parser.add_argument(
        "--pauses", action="store_true", help="only: one session's work, in a row and with pauses"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    parser.add_argument("--most", type=int, default=50, help="sessions; default: %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
