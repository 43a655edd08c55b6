"""What runs in the pages: scripts beside this file."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def in_page(name: str) -> str:
    """Return a script behind what it reads tracks with."""
    return "\n".join((FOLDER / each).read_text("utf-8") for each in ("tracks.js", name))
