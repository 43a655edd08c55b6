"""``python -m proof.report``: write docs/performance.md from what ``python -m proof`` found.

Parts that were not run again keep what the page had of them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from proof.report.page import FOLDER, KEPT, ordered, write
from proof.report.results import RESULTS, read

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main(words: list[str] | None = None) -> int:
    """Return 0, or 2 when there are no results."""
    arguments = _parser().parse_args(words)
    found = {**read(arguments.docs / FOLDER / KEPT), **read(arguments.results)}
    if not ordered(found):
        sys.stderr.write(f"nothing in {arguments.results}: run `make proof` first\n")
        return 2
    for path in write(found, arguments.docs):
        sys.stdout.write(f"{path}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof.report", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    parser.add_argument("--docs", type=Path, default=DOCS, metavar="FOLDER")
    return parser


if __name__ == "__main__":
    sys.exit(main())
