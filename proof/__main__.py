"""``python -m proof``: run the long parts, print one table. See proof/README.md."""

from __future__ import annotations

import argparse
import logging
import sys
import time
from pathlib import Path

from proof.parts import PARTS, SECONDS, Finding, run, table
from proof.report.results import RESULTS, PartResult, merge, result


def main(words: list[str] | None = None) -> int:
    """Return 0 when every bound held, 1 when one did not, 2 for wrong arguments."""
    arguments = _parser().parse_args(words)
    unknown = [name for name in arguments.parts if name not in PARTS]
    if unknown:
        sys.stderr.write(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}\n")
        return 2
    # Refusals are the plan here, and aiortc tells of every connection that ends.
    for name in ("gradio_webrtc", "aiortc", "aioice"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    results: list[PartResult] = []
    for name in arguments.parts or list(PARTS):
        sys.stderr.write(f"{name}: {PARTS[name]} ...\n")
        results.append(_result(name, arguments.seconds))
        merge(arguments.results, results[-1:])  # at once: what comes after may be interrupted
    rows = [(one.name, finding) for one in results for finding in one.findings]
    sys.stdout.write(table(rows, {one.name: one.seconds for one in results}) + "\n")
    return 0 if all(one.held for one in results) else 1


def _result(name: str, seconds: float | None) -> PartResult:
    started = time.monotonic()
    try:
        found = run(name, seconds)
    except Exception as error:  # noqa: BLE001 - a part that fails is a row, and the others still run
        found = [Finding("it ran", f"{type(error).__name__}: {error}", "no error", held=False)]
    return result(name, PARTS[name], time.monotonic() - started, found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"default: {' '.join(PARTS)}")
    parser.add_argument(
        "--seconds", type=float, help=f"of each part; default: its own length, or {SECONDS:g}"
    )
    parser.add_argument(
        "--minutes", dest="seconds", type=lambda text: 60 * float(text), help="likewise, in minutes"
    )
    parser.add_argument(
        "--results", type=Path, default=RESULTS, metavar="FILE", help="where it is kept as JSON"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
