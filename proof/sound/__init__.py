"""Sound at the page, in a real Chromium: delay over a long call, seams, the first reply."""

from __future__ import annotations

from proof.parts import Finding

SECONDS = 600.0
"""Of the long call unless told."""


def run(seconds: float) -> list[Finding]:
    """Measure a call of so many seconds, then a steady one, seams and first replies."""
    from proof.sound import first_reply, long_call, seams, steady

    return [*long_call.run(seconds), *steady.run(), *seams.run(), *first_reply.run()]
