"""Which of the installed Python packages people get who install this one."""

from __future__ import annotations

import re
from importlib import metadata

DISTRIBUTION = "gradio_webrtc"
TOOL_EXTRAS = frozenset({"dev", "docs"})
"""Extras for people who work on the package; what the others bring is for users."""


def canonical(name: str) -> str:
    """Return a Python package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def shipped_packages(name: str = DISTRIBUTION) -> set[str]:
    """Return what installing ``name`` with all extras for users brings, as far as it is here."""
    from packaging.requirements import Requirement

    own = metadata.metadata(name).get_all("Provides-Extra") or []
    waiting = [(name, extra) for extra in ("", *own) if extra not in TOOL_EXTRAS]
    seen: set[tuple[str, str]] = set()
    while waiting:
        package, extra = waiting.pop()
        if (package, extra) in seen:
            continue
        seen.add((package, extra))
        try:
            lines = metadata.requires(package) or []
        except metadata.PackageNotFoundError:
            continue
        for needed in map(Requirement, lines):
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                of = canonical(needed.name)
                waiting += [(of, each) for each in ("", *needed.extras)]
    return {canonical(package) for package, _ in seen}
