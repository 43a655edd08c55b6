"""``python -m proof.abuse PART``: one part of what is tried, and its table."""

from __future__ import annotations

import argparse
import sys

from proof.abuse import SECONDS, parts, quiet_logs
from proof.parts import table


def main() -> int:
    """Return 0 when every bound held."""
    known = parts()
    parser = argparse.ArgumentParser(prog="python -m proof.abuse", description=__doc__)
    parser.add_argument("parts", nargs="+", choices=known, metavar="PART", help=", ".join(known))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement")
    arguments = parser.parse_args()
    quiet_logs()
    rows = [(name, row) for name in arguments.parts for row in known[name](arguments.seconds)]
    sys.stdout.write(table(rows, {}) + "\n")
    return 0 if all(row.held for _, row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
