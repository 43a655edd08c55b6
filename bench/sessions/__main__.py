"""``python -m bench sessions``: how many sessions of each kind one core serves."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence

from bench.environment import PEERS, make_peer
from bench.report import markdown
from bench.results import BenchError
from bench.sessions.steps import KINDS, Kind, Step, measure

HEADING = ("kind", "sessions", "CPU each", "MB each", "round trip", "frames/s", "client", "")


def main(words: Sequence[str] | None = None) -> int:
    """Return 0, 1 when not even one session was served, 2 for wrong arguments."""
    arguments = _parser().parse_args(words)
    for name in ("aiortc", "aioice"):
        logging.getLogger(name).setLevel(logging.ERROR)
    kinds = {name: kind for name, kind in KINDS.items() if name.startswith(arguments.only)}
    if not kinds:
        sys.stderr.write(f"no such kind; there are {', '.join(KINDS)}\n")
        return 2
    lines = [list(HEADING)]
    served: dict[str, int] = {}
    for name, kind in kinds.items():
        steps = asyncio.run(_climb(arguments.peer, name, kind, arguments.seconds, arguments.most))
        lines += [_line(name, step, step.holds(kind, steps[0])) for step in steps]
        served[name] = max((s.sessions for s in steps if s.holds(kind, steps[0])), default=0)
    sys.stdout.write(markdown(lines) + "\n")
    for name, count in served.items():
        sys.stdout.write(f"{name}: {count} sessions on one core at constant quality\n")
    return 0 if all(served.values()) else 1


async def _climb(peer: str, name: str, kind: Kind, seconds: float, most: int) -> list[Step]:
    """Return the steps up to the first that does not hold, which is among them."""
    server, clip = await make_peer(peer), kind.clip()
    steps: list[Step] = []
    for count in kind.counts:
        if count > most:
            break
        sys.stderr.write(f"{name}: {count}\n")
        try:
            steps.append(await measure(server, kind, clip, count, seconds))
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
        f"{step.client_cpu:.0f} %",
        "ok" if holds else "no more",
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench sessions", description=__doc__)
    parser.add_argument("--only", metavar="KIND", default="", help="kinds that start so")
    parser.add_argument("--peer", choices=PEERS, default="here", help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each step; default: 5")
    parser.add_argument("--most", type=int, default=50, help="sessions; default: %(default)s")
    return parser


if __name__ == "__main__":
    sys.exit(main())
