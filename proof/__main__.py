"""``python -m proof``: run the long parts, print one table. See proof/README.md."""

from __future__ import annotations

import argparse
import logging
import sys
import time

from proof.parts import PARTS, Finding, load, table

SECONDS = 180.0
"""How long a part searches unless told: long enough that the cost searches stop finding more."""


def main() -> int:
    """Return 0 when every bound held, 1 when one did not, 2 for wrong arguments."""
    arguments = _parser().parse_args()
    unknown = [name for name in arguments.parts if name not in PARTS]
    if unknown:
        sys.stderr.write(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}\n")
        return 2
    # Refusals are the plan here, and aiortc tells of every connection that ends.
    for name in ("gradio_webrtc", "aiortc", "aioice"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    rows: list[tuple[str, Finding]] = []
    for name in arguments.parts or list(PARTS):
        sys.stderr.write(f"{name}: {PARTS[name]} ...\n")
        rows += [(name, finding) for finding in _findings(name, arguments.seconds)]
    sys.stdout.write(table(rows) + "\n")
    return 0 if all(finding.held for _, finding in rows) else 1


def _findings(name: str, seconds: float) -> list[Finding]:
    started = time.monotonic()
    try:
        found = load(name)(seconds)
    except Exception as error:  # noqa: BLE001 - a part that fails is a row, and the others still run
        return [Finding("it ran", f"{type(error).__name__}: {error}", "no error", held=False)]
    return [*found, Finding("it took", f"{time.monotonic() - started:.0f} s")]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"default: {' '.join(PARTS)}")
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="of each part's search; default: %(default)g"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
