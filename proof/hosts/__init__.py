"""The package on every Python found here, with the oldest and the newest of what it stands on.

``python -m proof hosts`` tries all cells, ``python -m proof.hosts --python 3.10 --set oldest`` one.
Each cell is a virtual environment in a temporary directory: the wheel, what tests need, an echo
called over WebRTC, and a part of the tests.
"""

from __future__ import annotations

from proof.parts import Finding


def run(seconds: float) -> list[Finding]:
    """Try every cell; ``seconds`` does not matter, installing and testing take what they take."""
    from proof.hosts.matrix import tried
    from proof.hosts.results import OK, RESULTS, merged

    del seconds
    results = tried()
    merged(RESULTS, results)
    return [Finding(f"{one.cell}", one.told, OK, held=not one.failed) for one in results]
