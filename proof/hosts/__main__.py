"""``python -m proof.hosts``: some cells, added to what is known of the others, as a table."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from proof.hosts.cells import PYTHONS, SETS, UnknownCellError, cells
from proof.hosts.matrix import CELL_SECONDS, tried
from proof.hosts.results import RESULTS, Result, kept, merged, table


def main(words: list[str] | None = None) -> int:
    """Return 0 when every chosen cell is well, 1 when one is not, 2 for wrong arguments."""
    arguments = _parser().parse_args(words)
    try:
        chosen = cells(arguments.python, arguments.set)
    except UnknownCellError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if arguments.missing:
        known = {result.cell for result in kept(arguments.results) if not result.failed}
        chosen = [cell for cell in chosen if cell not in known]

    def keep(result: Result) -> None:
        sys.stderr.write(f"{result}\n")
        merged(arguments.results, [result])  # at once: the next may be interrupted

    results = (
        []
        if arguments.table
        else tried(chosen, seconds=arguments.seconds, log=arguments.log, told=keep)
    )
    sys.stdout.write(table(kept(arguments.results)) + "\n")
    return 1 if any(result.failed for result in results) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof.hosts", description=__doc__)
    parser.add_argument(
        "--python", action="append", default=[], metavar="VERSION", help=f"of {' '.join(PYTHONS)}"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="SET", help=f"of {' '.join(SETS)}"
    )
    parser.add_argument(
        "--missing", action="store_true", help="only cells that have failed or were never tried"
    )
    parser.add_argument("--table", action="store_true", help="only show what is known")
    parser.add_argument(
        "--seconds", type=float, default=CELL_SECONDS, help="for each cell; default: %(default)g"
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, metavar="FILE", help="where it is kept as JSON"
    )
    parser.add_argument("--log", type=Path, metavar="FILE", help="gets all output")
    return parser


if __name__ == "__main__":
    # As Ctrl-C: what runs is ended, and the environment is removed.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    sys.exit(main())
