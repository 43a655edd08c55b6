"""What strangers and careless authors do to a server, and what it costs the others.

``python -m proof abuse`` runs all of it; ``python -m proof.abuse PART`` one of ``handlers``,
``loop``, ``overload``, ``bodies``, ``disk``, ``clock``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from proof.parts import Finding

SECONDS = 6.0
"""How long neighbours are measured at a time, beside each abuse and without."""


def quiet_logs() -> None:
    """Say nothing of what is refused, ended or raised: that is the plan here."""
    for name in ("gradio_webrtc", "aiortc", "aioice", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def parts() -> dict[str, Callable[[float], list[Finding]]]:
    """Return what is tried, by name."""
    from proof.abuse import (
        bad_handlers,
        blocked_loop,
        clock_jumps,
        full_disk,
        overload,
        slow_bodies,
    )

    return {
        "handlers": bad_handlers.run,
        "loop": blocked_loop.run,
        "overload": overload.run,
        "bodies": slow_bodies.run,
        "disk": full_disk.run,
        "clock": clock_jumps.run,
    }


def run(seconds: float) -> list[Finding]:
    """Try everything; neighbours are measured for ``seconds`` at a time."""
    return [finding for part in parts().values() for finding in part(seconds)]
