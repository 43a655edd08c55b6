"""``python -m proof.networks PART ...``: some of it, as a table."""

from __future__ import annotations

import sys

from proof.networks import parts
from proof.parts import table


def main() -> int:
    """Return 0 when every bound held, 1 when one did not, 2 for a part that is not there."""
    known = parts()
    names = sys.argv[1:] or list(known)
    if not set(names) <= set(known):
        sys.stderr.write(f"there are {', '.join(known)}\n")
        return 2
    rows = [(name, finding) for name in names for finding in known[name]()]
    sys.stdout.write(table(rows) + "\n")
    return 0 if all(finding.held for _, finding in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
